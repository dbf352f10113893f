"""Templates of a folder that only a test has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.template import engines


@contextmanager
def templates_in(folder: Path) -> Iterator[None]:
    """Let Django find templates in one more folder."""
    with pytest.MonkeyPatch.context() as patch:
        for loader in engines["django"].engine.template_loaders:
            for inner in getattr(loader, "loaders", [loader]):
                patch.setattr(inner, "get_dirs", lambda found=inner.get_dirs: [*found(), folder])
        yield
