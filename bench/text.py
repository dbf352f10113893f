"""How well texts are sorted, and what it costs: the classifier on public sets, beside a plain one of the same run.

Run: python bench/text.py [--data FOLDER] [--only NAME ...] [--quick]
Each set is split as it says itself (train and dev or val); sets that do not say are split by a hash of the text, four
fifths to learn from. Floor: TF-IDF of character n-grams and LinearSVC (C=0.5), as in the folder's README. The figures
there are for a sealed part that is not used here, so they stand beside ours as a neighbour, not as the same test.
"""

import argparse
import csv
import gzip
import hashlib
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import _machine
import numpy as np

from yinuo.language.classifier import Report, learn
from yinuo.language.classifier.calibration import expected_calibration_error
from yinuo.language.vectors import embedder

Rows = list[tuple[str, str, str]]
HERE = Path(__file__).resolve().parents[1]
OUT_OF_SCOPE = "oos"


@dataclass(frozen=True)
class Task:
    """A set: how to read it, its language, and the accuracy that data/README.md gives for its sealed part."""

    name: str
    read: Callable[[Path], Rows]
    chinese: bool
    baseline: float
    has_strangers: bool = False


def table(path: Path) -> list[dict[str, str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def by_hash(text: str) -> str:
    return "dev" if hashlib.sha256(text.encode()).digest()[0] % 5 == 0 else "train"


def simple(file: str, text: str, label: str, split: str | None = None) -> Callable[[Path], Rows]:
    def read(folder: Path) -> Rows:
        found = [row for row in table(folder / "dev" / file) if row[text].strip() and row[label].strip()]
        return [(row[text], row[label], row[split] if split else by_hash(row[text])) for row in found]

    return read


def gov_tokens(folder: Path) -> Rows:
    """The tokens of a message without the spaces between Chinese words are the message again, nearly."""
    found = table(folder / "dev" / "labelled_tokens_all_9210.csv.gz")
    return [(row["tokens"].replace(" ", ""), row["label"], by_hash(row["tokens"])) for row in found]


def clinc(folder: Path) -> Rows:
    return [
        (row["text"], row["intent"], row["orig_split"].replace("oos_", ""))
        for row in table(folder / "dev" / "clinc150.csv")
    ]


def multidogo(folder: Path) -> Rows:
    """The turns of the bank's customers, as in the folder's README; several intents of one turn are one label there."""
    return simple("finance.csv.gz", "utterance", "intent", "orig_split")(folder)


TASKS = (
    Task("cic_zh_intents", simple("cic.csv", "sentence", "label", "orig_split"), True, 0.823),
    Task("gov_zh_messages", gov_tokens, True, 0.918),
    Task("car_zh_complaints", simple("complaints.csv", "投诉简述", "投诉问题"), True, 0.543),
    Task("banking77_en", simple("train.csv", "text", "category"), False, 0.915),
    Task("clinc150_en", clinc, False, 0.838, has_strangers=True),
    Task("multidogo_en", multidogo, False, 0.935),
)


def floor(task: Task, learnt: Rows, asked: Rows) -> float:
    """Return the accuracy of the plain classifier on the same split."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    characters = TfidfVectorizer(analyzer="char" if task.chinese else "char_wb", ngram_range=(1, 3), sublinear_tf=True)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    plain = make_pipeline(characters if task.chinese else make_union(characters, words), LinearSVC(C=0.5))
    plain.fit([row[0] for row in learnt], [row[1] for row in learnt])
    return float(np.mean(plain.predict([row[0] for row in asked]) == [row[1] for row in asked]))


def measure(task: Task, data: Path, *, quick: bool) -> dict[str, Any]:
    """Learn from one part, ask for the other, and say how it went."""
    rows = task.read(data / task.name)
    learnt, asked = [row for row in rows if row[2] == "train"], [row for row in rows if row[2] != "train"]
    if quick:
        learnt = few(learnt)
        seen = {row[1] for row in learnt}
        asked = [row for row in asked if row[1] in seen][:50] + [row for row in asked if row[1] == OUT_OF_SCOPE][:10]
    plain = floor(task, learnt, asked)
    strangers = [row for row in asked if row[1] == OUT_OF_SCOPE] if task.has_strangers else []
    began = time.process_time()
    done = learn([row[0] for row in learnt], [row[1] for row in learnt], wanted_accuracy=0.95)
    learning = time.process_time() - began
    began = time.process_time()
    answers = [done.classifier.answer(text) for text, _, _ in asked]
    each = (time.process_time() - began) / len(asked) * 1000
    report = Report.of(
        truth=[row[1] for row in asked],
        called=[one.best for one in answers],
        sureness=[one.probability for one in answers],
        threshold=done.classifier.threshold,
    )
    result = {
        "set": task.name, "learnt": len(learnt), "asked": len(asked), "labels": len(done.classifier.labels),
        "floor": plain, "accuracy": report.accuracy, "macro_f1": report.macro_f1, "ece": report.calibration_error,
        "at_80": report.accuracy_at_80, "automatic": report.automatic_rate,
        "automatic_accuracy": report.automatic_accuracy,
        "strength": done.strength, "ms": each, "learning_s": learning, "readme": task.baseline,
    }  # fmt: skip
    if strangers:
        result |= strangers_result(asked, answers)
    return result


def strangers_result(asked: Rows, answers: list[Any]) -> dict[str, float]:
    """Return how texts that no label fits are kept out: called so, or abstained from."""
    is_strange = np.array([label == OUT_OF_SCOPE for _, label, _ in asked])
    kept_out = np.array([one.label in {None, OUT_OF_SCOPE} for one in answers])
    known = ~is_strange
    right = np.array([one.best == label for one, (_, label, _) in zip(answers, asked, strict=True)])
    sure = np.array([one.probability for one in answers])
    return {
        "strangers_kept_out": float(kept_out[is_strange].mean()),
        "known_answered": float((~kept_out)[known].mean()),
        "known_accuracy": float(right[known].mean()),
        "known_ece": expected_calibration_error(sure[known], right[known]),
    }


def as_row(one: dict[str, Any]) -> str:
    rates = ("floor", "accuracy", "macro_f1", "ece", "at_80", "automatic", "automatic_accuracy")
    widths = (7, 7, 7, 7, 9, 8, 7)
    shown = "".join(f"{one[name]:{width}.3f}" for name, width in zip(rates, widths, strict=True))
    counts = f"{one['set']:20}{one['learnt']:7}{one['asked']:6}{one['labels']:7}"
    return f"{counts}{shown}{one['strength']:5}{one['ms']:6.1f}{one['learning_s']:9.1f}{one['readme']:8.3f}"


def few(rows: Rows) -> Rows:
    """The first twelve texts of the first six labels, to see that it runs."""
    labels = list(dict.fromkeys(label for _, label, _ in rows))[:6]
    return [row for label in labels for row in [one for one in rows if one[1] == label][:12]]


def stack_megabytes() -> dict[str, float]:
    """Resident memory of a fresh process after each step of loading everything that understands text."""
    import subprocess

    code = """
import resource
def now(): return int(next(l for l in open('/proc/self/status') if l.startswith('VmRSS')).split()[1]) / 1024
print('python', now())
from yinuo.language.words import words; words('我的洗衣机坏了'); print('words', now())
from yinuo.language.normalising import simplified; simplified('頭髮'); print('simplified', now())
from yinuo.language.personal import find; find('13800138000'); print('personal', now())
from yinuo.language.vectors import vectors; vectors(['你好']); print('vectors', now())
import sklearn.svm; print('learning', now())
"""
    if not Path("/proc/self/status").exists():
        return {}
    paths = os.pathsep.join([str(HERE / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, check=True
    )
    return {name: float(value) for name, value in (line.split() for line in done.stdout.splitlines())}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=_machine.data_root())
    parser.add_argument("--only", nargs="*", default=[], help="names of sets")
    parser.add_argument("--quick", action="store_true", help="a handful of texts, to see that it runs")
    parser.add_argument("--json", metavar="FILE", help="keep everything")
    options = parser.parse_args()
    steps = stack_megabytes()
    print("resident memory, MB: " + "   ".join(f"{name} {value:.0f}" for name, value in steps.items()))
    embedder()(["warm"])
    print(f"{'set':20}{'learnt':>7}{'asked':>6}{'labels':>7}{'floor':>7}{'right':>7}{'F1':>7}{'ECE':>7}"
          f"{'at 80 %':>9}{'autom.':>8}{'right':>7}{'C':>5}{'ms':>6}{'learn s':>9}{'README':>8}")  # fmt: skip
    results = []
    for task in TASKS:
        if options.only and task.name not in options.only:
            continue
        if not (Path(options.data) / task.name).is_dir():
            print(f"{task.name:20}skipped: {options.data} does not hold it; --data or YINUO_DATA says where it lies")
            continue
        one = measure(task, Path(options.data), quick=options.quick)
        results.append(one)
        print(as_row(one), flush=True)
        if "strangers_kept_out" in one:
            print(f"    outside all labels: kept out {one['strangers_kept_out']:.3f}; inside: answered "
                  f"{one['known_answered']:.3f}, right {one['known_accuracy']:.3f}, "
                  f"ECE {one['known_ece']:.3f}")  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this run, learning included: {peak:.0f} MB")
    if options.json:
        _machine.write_json(options.json, {"machine": _machine.facts(), "memory": steps, "results": results})
    return 0


if __name__ == "__main__":
    sys.exit(main())
