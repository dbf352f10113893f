"""What was learnt, and answering with it. Needs numpy alone, so that a process that only answers stays small."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yinuo.language.classifier.calibration import Calibration
from yinuo.language.classifier.features import Vocabulary, parts
from yinuo.language.vectors import Vectors, embedder
from yinuo.language.words import content_words

_MOST_REASONS = 5
_NEXT_BEST = 3


@dataclass(frozen=True)
class Answer:
    """label: None when the model abstains. ranked: the best three with probabilities. because: words for the best."""

    label: str | None
    probability: float
    ranked: tuple[tuple[str, float], ...]
    because: tuple[str, ...]

    @property
    def best(self) -> str:
        """The likeliest label, abstained or not."""
        return self.ranked[0][0]


@dataclass(frozen=True)
class TextClassifier:
    """Weights of a linear model over parts of words and, with `meaning`, over 512 numbers of meaning.

    part_weights: (parts, labels); meaning_weights: (512, labels), or (0, labels) without meaning; bias: (labels,).
    calibration: how scores become probabilities. threshold: under it the model abstains.
    """

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    part_weights: NDArray[np.float32]
    meaning_weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    calibration: Calibration
    threshold: float

    @property
    def uses_meaning(self) -> bool:
        return len(self.meaning_weights) > 0

    def answer(self, text: str, *, threshold: float | None = None, meaning: Vectors | None = None) -> Answer:
        """Return the answer for one text; see `answers`."""
        return self.answers([text], threshold=threshold, meaning=meaning)[0]

    def answers(
        self, texts: Sequence[str], *, threshold: float | None = None, meaning: Vectors | None = None
    ) -> list[Answer]:
        """Return an answer for each text.

        threshold: the least probability that is an answer; the model's own when absent. meaning: the vectors of the
        texts (n, 512) where they are known already.
        """
        least = self.threshold if threshold is None else threshold
        probabilities = self.probabilities(texts, meaning=meaning)
        return [self._answered(text, row, least) for text, row in zip(texts, probabilities, strict=True)]

    def probabilities(self, texts: Sequence[str], *, meaning: Vectors | None = None) -> NDArray[np.float64]:
        """Return the probability of each label for each text: shape (n, labels)."""
        scores = np.empty((len(texts), len(self.labels)), dtype=np.float64)
        for row, text in enumerate(texts):
            columns, values = self.vocabulary.row(text)
            scores[row] = values @ self.part_weights[columns] + self.bias
        if self.uses_meaning and len(texts):
            scores += (embedder()(texts) if meaning is None else meaning) @ self.meaning_weights
        return self.calibration.probabilities(scores)

    def reasons(self, text: str, label: str, instead_of: str) -> tuple[str, ...]:
        """Return the words of the text that spoke for `label` rather than `instead_of`, strongest first.

        Only the parts of words can be read so; what the vector of meaning added belongs to no single word.
        """
        ours, other = self.labels.index(label), self.labels.index(instead_of)
        columns, values = self.vocabulary.row(text)
        spoke = dict(
            zip(
                columns.tolist(),
                (values * (self.part_weights[columns, ours] - self.part_weights[columns, other])).tolist(),
                strict=True,
            )
        )
        weight = {word: self._spoke(word, spoke) for word in dict.fromkeys(content_words(text))}
        strongest = sorted((word for word in weight if weight[word] > 0), key=lambda word: -weight[word])
        return tuple(strongest[:_MOST_REASONS])

    def _spoke(self, word: str, spoke: Mapping[int, float]) -> float:
        columns = {self.vocabulary.columns.get(part) for part in parts(word)}
        return sum(spoke.get(column, 0.0) for column in columns if column is not None)

    def _answered(self, text: str, row: NDArray[np.float64], least: float) -> Answer:
        order = np.argsort(-row, kind="stable")[:_NEXT_BEST]
        ranked = tuple((self.labels[int(at)], float(row[at])) for at in order)
        sure = ranked[0][1]
        because = self.reasons(text, ranked[0][0], ranked[1][0]) if len(ranked) > 1 else ()
        return Answer(label=ranked[0][0] if sure >= least else None, probability=sure, ranked=ranked, because=because)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the numbers that a file keeps."""
        return {
            "part_weights": self.part_weights,
            "meaning_weights": self.meaning_weights,
            "bias": self.bias,
            "rarities": self.vocabulary.weights,
        }

    def words_of_model(self) -> dict[str, Any]:
        """Return everything besides numbers that a file keeps, as JSON takes it."""
        return {
            "labels": list(self.labels),
            "parts": sorted(self.vocabulary.columns, key=self.vocabulary.columns.__getitem__),
            "temperature": self.calibration.temperature,
            "doubt": self.calibration.doubt,
            "threshold": self.threshold,
        }

    @classmethod
    def from_file(cls, arrays: Mapping[str, NDArray[Any]], stored: Mapping[str, Any]) -> "TextClassifier":
        """Return the classifier that `arrays` and `words_of_model` came from. ValueError when they do not fit."""
        labels, listed = tuple(map(str, stored["labels"])), list(map(str, stored["parts"]))
        shapes = {"part_weights": (len(listed), len(labels)), "bias": (len(labels),), "rarities": (len(listed),)}
        for name, shape in shapes.items():
            if arrays[name].shape != shape:
                raise ValueError(f"{name} has the shape {arrays[name].shape}, not {shape}")
        return cls(
            labels=labels,
            vocabulary=Vocabulary({part: at for at, part in enumerate(listed)}, arrays["rarities"].astype(np.float32)),
            part_weights=arrays["part_weights"].astype(np.float32),
            meaning_weights=arrays["meaning_weights"].astype(np.float32),
            bias=arrays["bias"].astype(np.float32),
            calibration=Calibration(float(stored["temperature"]), float(stored["doubt"])),
            threshold=float(stored["threshold"]),
        )
