"""How a customer feels in a text: from -1 (bad) to 1 (good), with the words that say so.

A fresh installation has a model learnt from sentences of our own, small and honest about it. `yinuo train sentiment`
learns a better one from the house's own texts, such as rated conversations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from yinuo.language.classifier.model import Answer
from yinuo.language.model_files import models
from yinuo.language.normalising import clean

NAME = "sentiment"
LABELS = ("negative", "neutral", "positive")
EXAMPLES = Path(__file__).with_name("examples") / "sentiment.txt"
Feeling = Literal["negative", "neutral", "positive"]


@dataclass(frozen=True)
class Sentiment:
    """score: -1..1, the probability of good less that of bad; probability: of the feeling named; because: words."""

    feeling: Feeling
    score: float
    probability: float
    because: tuple[str, ...]


def sentiment(text: str) -> Sentiment:
    """Return the feeling in one text. An empty text is neutral."""
    return sentiments([text])[0]


def sentiments(texts: Sequence[str]) -> list[Sentiment]:
    """Return the feeling in each text, by the model in use. Much quicker than one by one."""
    said = [text for text in texts if clean(text)]
    answers = iter(models().current(NAME).answers(said, threshold=0.0))
    return [_read(next(answers)) if clean(text) else Sentiment("neutral", 0.0, 1.0, ()) for text in texts]


def examples() -> tuple[list[str], list[str]]:
    """Return our own sentences and their labels."""
    texts, labels, label = [], [], ""
    for line in EXAMPLES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            label = line.strip("[]")
        elif line and not line.startswith("#"):
            texts.append(line)
            labels.append(label)
    return texts, labels


def _read(answer: Answer) -> Sentiment:
    chances = dict(answer.ranked)
    score = chances.get("positive", 0.0) - chances.get("negative", 0.0)
    return Sentiment(cast("Feeling", answer.best), score, answer.probability, answer.because)
