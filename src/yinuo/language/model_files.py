"""Models are files with a card: `YINUO_HOME/models/<name>/<version>/`.

    arrays.npz   the numbers, read without pickle: a file can hold wrong numbers, never a program
    words.json   labels, parts of words, temperature, threshold
    card.json    what it was learnt from, under which licence, when, how well it did, what it cannot do, checksums
    ../current   the version in use; replaced as a whole, so a reader sees the old one or the new one

Plain numpy and JSON, not pickle or skops: what is kept are six arrays and three lists, any program can read them, they
do not depend on the version of a library, and answering needs numpy alone. Versions are never changed or removed
here; going back is choosing the older one. A process notices another version within a second, without a restart.
"""

import hashlib
import json
import logging
import os
import re
import secrets
import time
import zipfile
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from yinuo.foundation.home import home
from yinuo.language.classifier.model import TextClassifier
from yinuo.language.refusals import BrokenModel, NoSuchModel

_SHIPPED = Path(__file__).with_name("shipped")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_VERSION = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_FILES = ("arrays.npz", "words.json")
_LOOK_AGAIN_SECONDS = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Card:
    """What a person must know of a model before trusting it.

    learnt_from: the data and where they lie; scores: on texts held out, all 0..1 where the name does not say
    otherwise; limits: sentences; features: what the model looks at; checksums: SHA-256 of the files beside the card.
    """

    name: str
    version: str
    learnt_at: str
    learnt_from: str
    licence: str
    examples_count: int
    labels: tuple[str, ...]
    features: str
    scores: dict[str, float]
    limits: tuple[str, ...]
    checksums: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Card":
        try:
            stored = json.loads((folder / "card.json").read_text(encoding="utf-8"))
            return cls(**stored | {"labels": tuple(stored["labels"]), "limits": tuple(stored["limits"])})
        except (OSError, ValueError, TypeError, KeyError) as fault:
            raise BrokenModel(name=folder.parent.name, version=folder.name) from fault


@dataclass
class _Held:
    """What one process has loaded of one model."""

    version: str
    classifier: TextClassifier
    looked_at: float


class ModelFiles:
    """The models below one folder. `models()` is the one of this installation."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._held: dict[str, _Held] = {}
        self._lock = Lock()

    def names(self) -> list[str]:
        """Return the names of all models, shipped ones included."""
        folders = [*self._folders(self.root), *self._folders(_SHIPPED)]
        return sorted({folder.name for folder in folders if _NAME.fullmatch(folder.name)})

    def cards(self, name: str) -> list[Card]:
        """Return the cards of a model, newest first, the one that came with the program last."""
        own = [Card.read(folder) for folder in self._folders(self._own(name)) if (folder / "card.json").exists()]
        shipped = [Card.read(_SHIPPED / name)] if (_SHIPPED / name).is_dir() else []
        return sorted(own, key=lambda card: (card.learnt_at, card.version), reverse=True) + shipped

    def save(self, classifier: TextClassifier, card: Card) -> Card:
        """Keep a model as a new version that nobody uses yet; see `activate`. Return the card with its checksums."""
        place = self._own(card.name) / _checked(_VERSION, card.version)
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.parent / f".{card.version}.{secrets.token_hex(4)}"
        draft.mkdir()
        card = write(classifier, card, draft)
        draft.rename(place)
        return card

    def activate(self, name: str, version: str) -> Card:
        """Let a version be the one in use, after reading it whole. Refuses with NoSuchModel, BrokenModel."""
        folder = self._folder(name, version)
        read(folder)
        pointer = self._own(name) / "current"
        pointer.parent.mkdir(parents=True, exist_ok=True)
        draft = pointer.with_name(f".current.{secrets.token_hex(4)}")
        draft.write_text(version)
        draft.replace(pointer)
        with self._lock:
            self._held.pop(name, None)
        return Card.read(folder)

    def current_version(self, name: str) -> str:
        """Return the version in use: the activated one, else the one that came with the program."""
        try:
            named = (self._own(name) / "current").read_text().strip()
        except FileNotFoundError:
            named = ""
        if _VERSION.fullmatch(named):
            return named
        if not (_SHIPPED / name).is_dir():
            raise NoSuchModel(name=name, version="")
        return "shipped"

    def current(self, name: str) -> TextClassifier:
        """Return the model in use, loaded once. Another version is noticed within a second.

        When the version in use cannot be read, the one held stays in use, else the shipped one; the fault is logged.
        """
        moment = time.monotonic()
        with self._lock:
            held = self._held.get(name)
            if held and moment - held.looked_at < _LOOK_AGAIN_SECONDS:
                return held.classifier
            version = self.current_version(name)
            if held is None or held.version != version:
                held = self._loaded(name, version, held)
            held.looked_at = moment
            self._held[name] = held
            return held.classifier

    def _loaded(self, name: str, version: str, held: _Held | None) -> _Held:
        try:
            return _Held(version, read(self._folder(name, version)), 0.0)
        except (BrokenModel, NoSuchModel):
            _log.exception("model cannot be read", extra={"model": name, "version": version})
            if held is not None:
                return _Held(version, held.classifier, 0.0)
            if version == "shipped" or not (_SHIPPED / name).is_dir():
                raise
            return _Held(version, read(_SHIPPED / name), 0.0)

    def _own(self, name: str) -> Path:
        return self.root / _checked(_NAME, name)

    def _folder(self, name: str, version: str) -> Path:
        folder = _SHIPPED / name if version == "shipped" else self._own(name) / _checked(_VERSION, version)
        if not (folder / "card.json").exists():
            raise NoSuchModel(name=name, version=version)
        return folder

    @staticmethod
    def _folders(place: Path) -> list[Path]:
        return [one for one in place.iterdir() if one.is_dir() and one.name[0] != "."] if place.is_dir() else []


_files: dict[Path, ModelFiles] = {}


def models() -> ModelFiles:
    """Return the models of this installation, in `YINUO_HOME/models`."""
    root = home().root / "models"
    return _files.setdefault(root, ModelFiles(root))


def new_version(at: datetime) -> str:
    """Return a name for what is learnt at this instant, in the order of time: 20261103-010000-ab12."""
    return f"{at:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def write(classifier: TextClassifier, card: Card, folder: Path) -> Card:
    """Write the three files into an existing folder and return the card with their checksums."""
    np.savez_compressed(folder / "arrays.npz", **classifier.arrays())  # type: ignore[arg-type]
    words = json.dumps(classifier.words_of_model(), ensure_ascii=False)
    (folder / "words.json").write_text(words + "\n", encoding="utf-8")
    sums = {name: _checksum(folder / name) for name in _FILES}
    card = Card(**asdict(card) | {"checksums": sums, "labels": classifier.labels})
    text = json.dumps(asdict(card), ensure_ascii=False, indent=2) + "\n"
    (folder / "card.json").write_text(text, encoding="utf-8")
    for path in folder.iterdir():
        with path.open("rb") as kept:
            os.fsync(kept.fileno())
    return card


def read(folder: Path) -> TextClassifier:
    """Return the classifier in a folder. Refuses with BrokenModel when a file is missing, changed or does not fit."""
    card = Card.read(folder)
    try:
        if {name: _checksum(folder / name) for name in _FILES} != card.checksums:
            raise BrokenModel(name=card.name, version=card.version)
        stored: dict[str, Any] = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            return TextClassifier.from_file({name: arrays[name] for name in arrays.files}, stored)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as fault:
        raise BrokenModel(name=card.name, version=card.version) from fault


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _checked(form: re.Pattern[str], word: str) -> str:
    if not form.fullmatch(word):
        raise NoSuchModel(name=word, version="")
    return word
