"""Reads the answers we wrote: `=== name` begins a mail, `~~~ kind` begins a segment (the first is visible)."""

from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "fixtures"


@dataclass(frozen=True)
class ReplyFixture:
    name: str
    segments: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.segments)


def load_replies() -> list[ReplyFixture]:
    """Return every fixture of both files."""
    return [fixture for name in ("replies_zh.txt", "replies_other.txt") for fixture in _read(_FOLDER / name)]


def _read(path: Path) -> list[ReplyFixture]:
    fixtures = []
    for block in ("\n" + path.read_text(encoding="utf-8")).split("\n=== ")[1:]:
        name, _, body = block.partition("\n")
        kind, lines, segments = "visible", [], []
        for line in (body + "\n").splitlines(keepends=True):
            if line.startswith("~~~ "):
                segments.append((kind, "".join(lines)))
                kind, lines = line[4:].strip(), []
            else:
                lines.append(line)
        segments.append((kind, "".join(lines)))
        fixtures.append(ReplyFixture(name, tuple(segment for segment in segments if segment[1])))
    return fixtures
