"""Training a named model from tables of texts and labels, and keeping it with its card.

A table says itself which rows are to test on (a column such as `split`); else a fifth, chosen by a hash of the text,
so the same text is always on the same side. What was tested on is never learnt from.
"""

import csv
import gzip
import hashlib
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from yinuo.language.classifier import Report, TextClassifier, learn
from yinuo.language.model_files import Card, new_version
from yinuo.language.refusals import UnreadableTable
from yinuo.language.sentiment import NAME as SENTIMENT
from yinuo.language.sentiment import examples

_TRAINING = frozenset({"train", "training", "train_few_all"})
_TEST_OF_FIVE = 5
_FEELINGS = {
    "negative": ("0", "-1", "neg", "negative", "bad", "差评", "负面"),
    "neutral": ("neutral", "neu", "中评", "中性"),
    "positive": ("1", "pos", "positive", "good", "好评", "正面"),
}
_FEELING = {word: feeling for feeling, words in _FEELINGS.items() for word in words}
_LIMITS_OF_OURS = (
    "Learnt from a few hundred sentences of our own: common words of praise and complaint, no irony.",
    "Surer than it should be on long reviews and in other trades; there its order is right more often than its sign.",
    "Where rated texts of the house exist, train from them: ./yinuo train sentiment --data FILE.",
)
_LIMITS_OF_TABLES = ("True of texts like those it was learnt from; another channel or trade needs its own examples.",)


@dataclass(frozen=True)
class Table:
    """Where texts with labels lie. split: the column that says train or something else; absent: by hash."""

    path: Path
    text: str = "text"
    label: str = "label"
    split: str = ""


@dataclass(frozen=True)
class Trained:
    """What was learnt; its card; how it did on the rows kept for testing, for each table (none without tables)."""

    classifier: TextClassifier
    card: Card
    reports: dict[str, Report]


def train(
    name: str, tables: Sequence[Table], *, licence: str, at: datetime, uses_meaning: bool = True, wanted: float = 0.95
) -> Trained:
    """Return a model learnt from tables; that of sentiment learns from our own sentences too, and from them alone.

    Refuses with UnreadableTable, TooFewExamples. Nothing is written: see ModelFiles.save.
    """
    texts, labels = examples() if name == SENTIMENT else ([], [])
    own_count = len(texts)
    tests: dict[str, list[tuple[str, str]]] = {}
    for table in tables:
        rows = _rows(table, feelings=name == SENTIMENT)
        tests[table.path.name] = [(text, label) for text, label, is_test in rows if is_test]
        texts += [text for text, _, is_test in rows if not is_test]
        labels += [label for _, label, is_test in rows if not is_test]
    learnt = learn(texts, labels, uses_meaning=uses_meaning, wanted_accuracy=wanted)
    reports = {file: _tested(learnt.classifier, rows) for file, rows in tests.items() if rows}
    held = {"held-out": learnt.report} if learnt.report else {}
    card = Card(
        name=name,
        version=new_version(at),
        learnt_at=at.isoformat(),
        learnt_from=_told(own_count, tables),
        licence=licence,
        examples_count=len(texts),
        labels=learnt.classifier.labels,
        features="characters (1 to 3 of Chinese, 2 to 5 of Latin words), words"
        + (", meaning (use-multilingual-3)" if uses_meaning else "")
        + f"; linear support vectors, C={learnt.strength}",
        scores={
            f"{place}: {measure}": round(value, 4)
            for place, report in (held | reports).items()
            for measure, value in _scores(report).items()
        },
        limits=_LIMITS_OF_TABLES if tables else _LIMITS_OF_OURS,
    )
    return Trained(learnt.classifier, card, held | reports)


def examples_checksum() -> str:
    """Return the checksum of our own sentences, by which a shipped model says which ones it was learnt from."""
    texts, labels = examples()
    joined = "\n".join(f"{label}\t{text}" for text, label in zip(texts, labels, strict=True))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


def _rows(table: Table, *, feelings: bool) -> list[tuple[str, str, bool]]:
    csv.field_size_limit(min(sys.maxsize, 10_000_000))
    opened = gzip.open if table.path.suffix == ".gz" else open
    try:
        with opened(table.path, "rt", encoding="utf-8-sig", newline="") as lines:
            read = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise UnreadableTable(file=str(table.path), columns="") from fault
    wanted = [column for column in (table.text, table.label, table.split) if column]
    if not read or any(column not in read[0] for column in wanted):
        raise UnreadableTable(file=str(table.path), columns=", ".join(wanted))
    rows = []
    for row in read:
        text, label = (row[table.text] or "").strip(), (row[table.label] or "").strip()
        label = _FEELING.get(label.casefold(), "") if feelings else label
        if text and label:
            rows.append((text, label, _is_test(row[table.split] if table.split else None, text)))
    return rows


def _is_test(said: str | None, text: str) -> bool:
    if said is not None:
        return said.strip().casefold() not in _TRAINING
    return hashlib.sha256(text.encode(errors="replace")).digest()[0] % _TEST_OF_FIVE == 0


def _tested(classifier: TextClassifier, rows: list[tuple[str, str]]) -> Report:
    """Return how the model did on the rows; of its labels only those that occur among them may be called."""
    occurring = set(Counter(label for _, label in rows))
    answers = classifier.answers([text for text, _ in rows])
    called = []
    for answer in answers:
        fitting = [(label, chance) for label, chance in answer.ranked if label in occurring]
        called.append(fitting[0] if fitting else answer.ranked[0])
    return Report.of(
        truth=[label for _, label in rows],
        called=[label for label, _ in called],
        sureness=[chance for _, chance in called],
        threshold=classifier.threshold,
    )


def _told(own_count: int, tables: Sequence[Table]) -> str:
    own = [f"{own_count} sentences of our own ({examples_checksum()})"] if own_count else []
    return "; ".join(own + [table.path.name for table in tables])


def _scores(report: Report) -> dict[str, float]:
    return {
        "accuracy": report.accuracy,
        "macro F1": report.macro_f1,
        "calibration error": report.calibration_error,
        "accuracy of the surest 80 %": report.accuracy_at_80,
    }
