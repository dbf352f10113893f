"""Learn the models that come with the program from our own sentences, and write them into the package.

    python tools/ship_models.py

Run it after `language/examples/sentiment.txt` changed; a test compares the two.
"""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
sys.path.insert(0, str(SOURCE))


def main() -> int:
    """Write `language/shipped/sentiment` and print how it does on its held-out fifths."""
    from yinuo.language.model_files import write
    from yinuo.language.sentiment import NAME
    from yinuo.language.training import train

    trained = train(NAME, [], licence="Apache-2.0, ours", at=datetime.now(UTC))
    folder = SOURCE / "yinuo" / "language" / "shipped" / NAME
    folder.mkdir(parents=True, exist_ok=True)
    write(trained.classifier, replace(trained.card, version="shipped"), folder)
    print(trained.reports["held-out"].as_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
