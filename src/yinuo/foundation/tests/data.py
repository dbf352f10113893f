"""Where the larger real data sets lie; tests that need one skip with a reason when it is absent."""

import os
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).resolve().parents[4]


def data_folder(name: str) -> Path:
    """Return the folder of the data set `name`, or skip the running test with the reason."""
    root = Path(os.environ.get("YINUO_DATA") or _CHECKOUT.parent / "shared" / "data")
    folder = root / name
    if not folder.is_dir():
        pytest.skip(f"data set {name} is not at {root}; point YINUO_DATA at the folder that holds it")
    return folder
