"""Learning a classifier from texts with labels.

A linear support vector machine over the parts of words joined with the vector of meaning. How strongly it is held back
(C) is chosen, and its scores are made probabilities, on texts it has not learnt from: a fifth of many, or each fifth
in turn of few. Labels that people gave are often wrong; a small C forgives that, and is worth five points then.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yinuo.language.classifier.calibration import Calibration, threshold_for
from yinuo.language.classifier.features import Vocabulary
from yinuo.language.classifier.model import TextClassifier
from yinuo.language.classifier.report import Report
from yinuo.language.refusals import TooFewExamples
from yinuo.language.vectors import SIZE, Vectors, embedder

STRENGTHS = (0.1, 0.3, 1.0)
MOST_PARTS = 60_000
_FEW = 2_000
_FOLDS = 5
# Without texts to try on: what a margin of one means is unknown, so it says little.
_UNTRIED_CALIBRATION, _UNTRIED_THRESHOLD = Calibration(temperature=1.0, doubt=0.0), 1.01
_ABSENT = -3.0


@dataclass(frozen=True)
class Learnt:
    """The classifier; how it did on held-out texts (None with too few to hold any out); the C that was chosen."""

    classifier: TextClassifier
    report: Report | None
    strength: float


def learn(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    wanted_accuracy: float = 0.95,
    uses_meaning: bool = True,
    meaning: Vectors | None = None,
    strengths: Sequence[float] = STRENGTHS,
    seed: int = 7,
) -> Learnt:
    """Return what was learnt from n texts with n labels.

    wanted_accuracy: the threshold is set so that answers above it are right this often on held-out texts. meaning: the
    vectors of the texts (n, 512) where known. Refuses with TooFewExamples: the least are two labels with two
    texts each. Fails where held-out and later texts differ: another channel or season needs a new threshold.
    """
    names = tuple(sorted(set(labels)))
    if len(names) < 2 or sum(count > 1 for count in Counter(labels).values()) < 2:  # noqa: PLR2004 - two labels
        raise TooFewExamples(count=len(texts), labels=len(names))
    truth = np.array([names.index(label) for label in labels], dtype=np.int64)
    vectors = _meaning(texts, meaning, uses_meaning)
    vocabulary = Vocabulary.learnt(texts, least=2 if len(texts) > _FEW else 1, most=MOST_PARTS)
    features = _matrix(texts, vocabulary, vectors)
    folds = _folds(truth, seed)
    strength, scores = _best_strength(features, truth, len(names), folds, strengths)
    held = np.concatenate(folds) if folds else np.array([], dtype=np.int64)
    calibration, threshold, report = _tried(scores, truth[held], names, wanted_accuracy)
    weights, bias = _fitted(features, truth, len(names), strength)
    size = len(vocabulary.columns)
    classifier = TextClassifier(
        labels=names,
        vocabulary=vocabulary,
        part_weights=np.ascontiguousarray(weights[:size], dtype=np.float32),
        meaning_weights=np.ascontiguousarray(weights[size:], dtype=np.float32),
        bias=bias.astype(np.float32),
        calibration=calibration,
        threshold=threshold,
    )
    return Learnt(classifier, report, strength)


def _meaning(texts: Sequence[str], known: Vectors | None, wanted: bool) -> Vectors:
    if not wanted:
        return np.zeros((len(texts), 0), dtype=np.float32)
    return embedder()(texts) if known is None else known


def _matrix(texts: Sequence[str], vocabulary: Vocabulary, vectors: Vectors) -> Any:
    from scipy import sparse  # slow import

    rows = [vocabulary.row(text) for text in texts]
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    counted = sparse.csr_matrix(
        (np.concatenate([values for _, values in rows]), np.concatenate([columns for columns, _ in rows]), ends),
        shape=(len(texts), len(vocabulary.columns)),
    )
    return sparse.hstack([counted, sparse.csr_matrix(vectors)], format="csr") if vectors.shape[1] == SIZE else counted


def _folds(truth: NDArray[np.int64], seed: int) -> list[NDArray[np.int64]]:
    """Return rows to hold out: one fifth of many texts, five fifths of few, each label spread evenly.

    Labels with fewer texts than folds are always learnt from. Too few to say anything give no fold.
    """
    chance = np.random.default_rng(seed)
    turn = np.full(len(truth), -1)
    for label in range(int(truth.max()) + 1):
        rows = chance.permutation(np.nonzero(truth == label)[0])
        if len(rows) >= _FOLDS:
            turn[rows] = (np.arange(len(rows)) + chance.integers(_FOLDS)) % _FOLDS
    if len(set(truth[turn >= 0])) < 2:  # noqa: PLR2004 - one label held out says nothing
        return []
    return [np.nonzero(turn == fold)[0] for fold in range(1 if len(truth) > _FEW else _FOLDS)]


def _best_strength(
    features: Any, truth: NDArray[np.int64], count: int, folds: list[NDArray[np.int64]], strengths: Sequence[float]
) -> tuple[float, NDArray[np.float64]]:
    """Return the C that was right most often on held-out rows, and its scores of them, fold after fold."""
    if not folds:
        return max(strengths), np.zeros((0, count))
    tried: list[tuple[float, float, NDArray[np.float64]]] = []
    held = np.concatenate(folds)
    for strength in strengths:
        scores = []
        for fold in folds:
            kept = np.ones(len(truth), dtype=bool)
            kept[fold] = False
            weights, bias = _fitted(features[kept], truth[kept], count, strength)
            scores.append(features[fold] @ weights + bias)
        joined = np.vstack(scores)
        tried.append((float((joined.argmax(axis=1) == truth[held]).mean()), -strength, joined))
    best = max(tried, key=lambda one: one[:2])
    return -best[1], best[2]


def _fitted(
    features: Any, truth: NDArray[np.int64], count: int, strength: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weights (features, labels) and bias (labels,); labels without a row here get a score of -3."""
    from sklearn.svm import LinearSVC  # slow import

    machine = LinearSVC(C=strength, tol=1e-2, random_state=0, dual=True, max_iter=2_000)
    machine.fit(features, truth)
    weights = np.zeros((features.shape[1], count))
    bias = np.full(count, _ABSENT)
    coefficients, intercepts = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:  # noqa: PLR2004 - the library keeps one row for two labels
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.hstack([-intercepts, intercepts])
    weights[:, machine.classes_] = coefficients.T
    bias[machine.classes_] = intercepts
    return weights, bias


def _tried(
    scores: NDArray[np.float64], truth: NDArray[np.int64], names: tuple[str, ...], wanted: float
) -> tuple[Calibration, float, Report | None]:
    if not len(scores):
        return _UNTRIED_CALIBRATION, _UNTRIED_THRESHOLD, None
    calibration = Calibration.fitted(scores, truth)
    probabilities = calibration.probabilities(scores)
    called, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    threshold = threshold_for(sure, called == truth, accuracy=wanted)
    report = Report.of(
        truth=[names[at] for at in truth],
        called=[names[at] for at in called],
        sureness=sure.tolist(),
        threshold=threshold,
    )
    return calibration, threshold, report
