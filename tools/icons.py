"""Write the icon sprite from the list in `yinuo.web.components.icons`.

    npm pack @tabler/icons@3.51.0        # once, anywhere; unpack it
    python tools/icons.py path/to/package

Only the icons named in the list are taken, so the sprite stays small. Running it twice writes the same bytes.
"""

import re
import sys
from pathlib import Path

from yinuo.web.components.icons import ICON_NAMES, ICON_SPRITE

STATIC = Path(__file__).resolve().parent.parent / "src" / "yinuo" / "web" / "static"
SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
    ' stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
)


def sprite(outline_folder: Path) -> str:
    """Return the sprite with one symbol for each listed icon; raises FileNotFoundError for a name Tabler lacks."""
    symbols = [SYMBOL.format(name=name, shapes=_shapes(outline_folder / f"{name}.svg")) for name in sorted(ICON_NAMES)]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])


def _shapes(icon: Path) -> str:
    inside = re.search(r"<svg[^>]*>(.*)</svg>", icon.read_text(encoding="utf-8"), re.DOTALL)
    if inside is None:
        raise ValueError(f"{icon} is not an SVG file.")
    # The first path of every Tabler icon is an invisible frame.
    shapes = inside[1].replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
    return re.sub(r"\s*(<[^>]+>)\s*", r"\1", re.sub(r"\s+", " ", shapes)).strip()


def main() -> int:
    """Write the sprite; answers 2 when the folder with Tabler's icons is not given."""
    if len(sys.argv) != 2:  # noqa: PLR2004
        print(__doc__)
        return 2
    target = STATIC / ICON_SPRITE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(sprite(Path(sys.argv[1]) / "icons" / "outline"), encoding="utf-8")
    print(f"{len(ICON_NAMES)} icons, {target.stat().st_size} bytes: {target}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
