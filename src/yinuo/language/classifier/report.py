"""How well a classifier did on texts it had not learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yinuo.language.classifier.calibration import accuracy_at, expected_calibration_error


@dataclass(frozen=True)
class ClassReport:
    """One label: of those called so how many were, of those that were how many were called so, and their count."""

    label: str
    precision: float
    recall: float
    count: int

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True)
class Report:
    """All rates are 0..1. automatic_rate: share of texts answered at the threshold; automatic_accuracy: of them."""

    count: int
    accuracy: float
    macro_f1: float
    calibration_error: float
    accuracy_at_80: float
    automatic_rate: float
    automatic_accuracy: float
    classes: tuple[ClassReport, ...]

    @classmethod
    def of(
        cls, *, truth: Sequence[str], called: Sequence[str], sureness: Sequence[float], threshold: float
    ) -> "Report":
        """Compare what was called with the truth; `called` and `sureness` are the best answers, before abstaining."""
        names, said = np.array(truth, dtype=object), np.array(called, dtype=object)
        sure, right = np.array(sureness, dtype=np.float64), names == said
        classes = tuple(_of_class(str(label), names == label, said == label) for label in sorted(set(truth)))
        automatic = sure >= threshold
        return cls(
            count=len(names),
            accuracy=float(right.mean()),
            macro_f1=float(np.mean([one.f1 for one in classes])),
            calibration_error=expected_calibration_error(sure, right),
            accuracy_at_80=accuracy_at(sure, right, share=0.8),
            automatic_rate=float(automatic.mean()),
            automatic_accuracy=float(right[automatic].mean()) if automatic.any() else 1.0,
            classes=classes,
        )

    def as_text(self) -> str:
        """Return the report as a table for a terminal, rarest labels last."""
        head = (
            f"texts {self.count}   right {self.accuracy:.3f}   macro F1 {self.macro_f1:.3f}   "
            f"calibration error {self.calibration_error:.3f}\n"
            f"the surest 80 %: right {self.accuracy_at_80:.3f}   "
            f"automatic {self.automatic_rate:.3f}, of these right {self.automatic_accuracy:.3f}"
        )
        rows = [
            f"{one.label[:31]:32}{one.precision:10.3f}{one.recall:8.3f}{one.f1:7.3f}{one.count:7}"
            for one in sorted(self.classes, key=lambda each: (-each.count, each.label))
        ]
        return "\n".join([head, f"{'label':32}{'precision':>10}{'recall':>8}{'F1':>7}{'texts':>7}", *rows])


def _of_class(label: str, is_it: np.ndarray, called_it: np.ndarray) -> ClassReport:  # type: ignore[type-arg]
    both = int((is_it & called_it).sum())
    return ClassReport(
        label=label,
        precision=both / max(int(called_it.sum()), 1),
        recall=both / max(int(is_it.sum()), 1),
        count=int(is_it.sum()),
    )
