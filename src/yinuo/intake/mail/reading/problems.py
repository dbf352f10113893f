"""What was odd in a mail and how it was read all the same.

A mail in the wild breaks rules in a hundred ways. Reading never refuses for that; it writes down what it found and
what it
assumed, so that a person (or a later, better reader) can judge the result.
"""

from dataclasses import dataclass, field

_MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One oddity: a stable code for machines and a short English detail for whoever looks into the raw mail."""

    code: str
    detail: str


@dataclass(slots=True)
class ProblemList:
    """Collects problems while one mail is read; equal ones are noted once, and never more than 200."""

    _found: dict[tuple[str, str], Problem] = field(default_factory=dict)

    def note(self, code: str, detail: str = "") -> None:
        """Remember that `code` was met; `detail` says how it was read."""
        if len(self._found) < _MOST_PROBLEMS:
            detail = detail.replace("\0", "")[:300]
            self._found.setdefault((code, detail), Problem(code, detail))

    def as_tuple(self) -> tuple[Problem, ...]:
        return tuple(self._found.values())
