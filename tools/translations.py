"""Keep every folder's Chinese texts complete: extract, compile, check.

    python tools/translations.py extract    # add new texts to the .po files, drop those no longer used, keep the rest
    python tools/translations.py compile    # write the .mo beside each .po
    python tools/translations.py check      # exit 1 and say what is missing; changes nothing
    python tools/translations.py extract cases web    # any of the three for some folders only

The texts in the code are English; each Django app (a folder with apps.py) keeps their translations in its own
`locale/zh_Hans/LC_MESSAGES/django.po`. A source file belongs to the nearest app above it, a file above all apps to
`yinuo.web`. Pure Python: Babel reads the code, Django's own templatize reads the templates, so no gettext tools are
needed. The files carry no dates and no line numbers and are sorted, so running a command twice changes nothing and a
diff shows texts only. Write translations into the .po by hand, then `compile`, and commit .po and .mo together.

`check` fails on: a text missing in its .po or no longer used; an empty or fuzzy translation; placeholders that differ
between text and translation; the same text translated differently in two folders; a .mo that is not the .po compiled.
"""

import io
import re
import struct
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent / "src" / "yinuo"
LOCALE = "zh_Hans"
CATALOGUE = Path("locale") / LOCALE / "LC_MESSAGES" / "django.po"
FALLBACK = "web"
SKIPPED = frozenset({"tests", "migrations", "static", "locale"})
HEADER = (
    "Language: zh_Hans\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "Plural-Forms: nplurals=1; plural=0;\n"
)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    name + lazy: numbers
    for lazy in ("", "_lazy")
    for name, numbers in {
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
} | {"_": None, "gettext_noop": None}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w+\}")

Key = tuple[str | None, str]


@dataclass
class Folder:
    """One Django app, the texts its code and templates show, and its .po file."""

    path: Path
    texts: dict[Key, str | tuple[str, str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def po(self) -> Path:
        return self.path / CATALOGUE

    def catalog(self) -> Catalog:
        """Return what stands in the .po, an empty catalogue when there is none."""
        if not self.po.exists():
            return Catalog(locale=LOCALE)
        with self.po.open("rb") as file:
            return read_po(file, locale=LOCALE)

    def add(self, message: str | tuple[str, ...], context: str | None) -> None:
        """Remember one text; a plural and a singular use of the same text become one plural entry."""
        singular = message if isinstance(message, str) else message[0]
        known = self.texts.get((context, singular))
        if not isinstance(known, tuple):
            self.texts[context, singular] = message if isinstance(message, str) else (message[0], message[1])


def folders(source: Path = SOURCE, *, only: Collection[str] = ()) -> list[Folder]:
    """Return every app under `source` with the texts found in it, sorted by path; `only` names those wanted."""
    apps = {app.parent: Folder(app.parent) for app in sorted(source.rglob("apps.py"))}
    for file in sorted([*source.rglob("*.py"), *source.rglob("*.html"), *source.rglob("*.txt")]):
        inside = file.relative_to(source)
        if SKIPPED & set(inside.parts):
            continue
        owner = next((parent for parent in file.parents if parent in apps), source / FALLBACK)
        for message, context in texts_of(file):
            apps[owner].add(message, context)
    return [folder for folder in apps.values() if not only or folder.name in only]


def texts_of(file: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Yield (text or (singular, plural), context) for each translatable text of a Python file or a template."""
    code = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        # templatize leaves calls such as `_('…')` among placeholders; in brackets the indentation means nothing.
        code = f"(\n{templatize(code, origin=str(file))}\n)"
    for _line, message, _comments, context in extract("python", io.BytesIO(code.encode()), KEYWORDS):
        yield message, context


def po_bytes(folder: Folder, old: Catalog) -> bytes:
    """Return the folder's .po with exactly its present texts, keeping translations from `old`."""
    new = Catalog(locale=LOCALE)
    for (context, singular), message in folder.texts.items():
        known = old.get(singular, context)
        new.add(message, string=_carried(known, message), flags=_kept_flags(known), context=context)
    body = io.BytesIO()
    write_po(body, new, width=110, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    head = "".join(f'"{line}\\n"\n' for line in HEADER.splitlines())
    title = f"# Chinese (simplified) texts of the folder {folder.name}.\n"
    return f'{title}msgid ""\nmsgstr ""\n{head}\n'.encode() + body.getvalue().strip() + b"\n"


def _carried(known: Message | None, message: str | tuple[str, str]) -> str | tuple[str, ...]:
    strings = () if known is None else known.string if isinstance(known.string, tuple | list) else (known.string,)
    first = next((string for string in strings if string), "")
    return first if isinstance(message, str) else (first,)


def _kept_flags(known: Message | None) -> set[str]:
    return {"fuzzy"} if known is not None and known.fuzzy else set()


def mo_bytes(catalog: Catalog) -> bytes:
    """Return the catalogue as a GNU .mo file, the same bytes for the same texts on every machine."""
    texts = {b"": HEADER.encode()} | {_mo_id(m): _mo_text(m) for m in catalog if m.id and _is_done(m)}
    entries = sorted(texts)
    ids_at = 28
    strings_at = ids_at + 8 * len(entries)
    blob_at = strings_at + 8 * len(entries)
    index: list[int] = []
    blob = b""
    for part in (entries, [texts[entry] for entry in entries]):
        for text in part:
            index += [len(text), blob_at + len(blob)]
            blob += text + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(entries), ids_at, strings_at, 0, blob_at)
    return head + struct.pack(f"<{len(index)}I", *index) + blob


def _mo_id(message: Message) -> bytes:
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    context = f"{message.context}\x04" if message.context else ""
    return (context + "\0".join(ids)).encode()


def _mo_text(message: Message) -> bytes:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return "\0".join(strings).encode()


def _is_done(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return not message.fuzzy and all(strings) and bool(strings)


def extract_all(source: Path = SOURCE, *, only: Collection[str] = ()) -> list[Path]:
    """Bring every .po up to the code and return the files that changed."""
    changed = []
    for folder in folders(source, only=only):
        if not folder.texts:
            continue
        wanted = po_bytes(folder, folder.catalog())
        if not folder.po.exists() or folder.po.read_bytes() != wanted:
            folder.po.parent.mkdir(parents=True, exist_ok=True)
            folder.po.write_bytes(wanted)
            changed.append(folder.po)
    return changed


def compile_all(source: Path = SOURCE, *, only: Collection[str] = ()) -> list[Path]:
    """Write the .mo of every .po and return the files that changed."""
    changed = []
    for folder in folders(source, only=only):
        mo = folder.po.with_suffix(".mo")
        if not folder.po.exists():
            continue
        wanted = mo_bytes(folder.catalog())
        if not mo.exists() or mo.read_bytes() != wanted:
            mo.write_bytes(wanted)
            changed.append(mo)
    return changed


def problems(source: Path = SOURCE, *, only: Collection[str] = ()) -> list[str]:
    """Return a sentence for everything that `check` fails on, in the order of the folders; empty when all is well."""
    found: list[str] = []
    said: dict[Key, tuple[str, str]] = {}
    for folder in folders(source, only=only):
        catalog = folder.catalog()
        known = {(m.context, _singular(m)): m for m in catalog if m.id}
        missing = [key for key in folder.texts if key not in known]
        found += [f"{folder.name}: not in the .po, run extract: {key[1]!r}" for key in missing]
        found += [f"{folder.name}: no longer used, run extract: {key[1]!r}" for key in known if key not in folder.texts]
        for key, message in sorted(known.items(), key=lambda entry: entry[0][1]):
            found += [f"{folder.name}: {problem}: {key[1]!r}" for problem in _wrong_with(message)]
            elsewhere, text = said.setdefault(key, (folder.name, _mo_text(message).decode()))
            if text != _mo_text(message).decode():
                found.append(f"{folder.name}: translated differently than in {elsewhere}: {key[1]!r}")
        mo = folder.po.with_suffix(".mo")
        if folder.po.exists() and (not mo.exists() or mo.read_bytes() != mo_bytes(catalog)):
            found.append(f"{folder.name}: the .mo is not the .po compiled, run compile")
    return found


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _wrong_with(message: Message) -> Iterable[str]:
    if message.fuzzy:
        yield "fuzzy"
    elif not _is_done(message):
        yield "not translated"
    else:
        plural = message.id if isinstance(message.id, str) else message.id[-1]
        wanted = sorted(PLACEHOLDER.findall(plural))
        for string in message.string if isinstance(message.string, tuple | list) else (message.string,):
            if sorted(PLACEHOLDER.findall(string)) != wanted:
                yield f"placeholders differ in {string!r}"


def main(arguments: list[str]) -> int:
    """Run one command; answers 0, 1 when `check` finds something, 2 for a wrong call."""
    command, only = (arguments[0], set(arguments[1:])) if arguments else ("", set())
    unknown = only - {folder.name for folder in folders()}
    if command not in {"extract", "compile", "check"} or unknown:
        print(f"There is no folder {', '.join(unknown)}." if unknown else __doc__)
        return 2
    if command == "check":
        found = problems(only=only)
        print("\n".join(found) or "Every text is translated.")
        return 1 if found else 0
    changed = extract_all(only=only) if command == "extract" else compile_all(only=only)
    print("\n".join(map(str, changed)) or "Nothing changed.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
