"""How many mails a second one core reads, beside the standard library's parser on the same mails in the same run.

Usage: python bench/mail_reading.py [folder of mails] [--quick]
"""

import argparse
import email
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yinuo.web.settings")

import _machine

from yinuo.intake.mail.reading import classify_automatic, parse_mail, split_mail

ROUNDS = 3


def load(folder: Path) -> list[bytes]:
    """Return the raw mails under `folder`, the expectations beside them left out."""
    left_out = {".json", ".tnef", ".html", ".csv"}
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in left_out]


def with_standard_library(raw: bytes) -> None:
    """The floor: the tree of parts only."""
    email.message_from_bytes(raw)


def with_standard_library_decoded(raw: bytes) -> None:
    """The tree with every leaf decoded, still without charsets, names, text from HTML or quotations."""
    for part in email.message_from_bytes(raw).walk():
        part.get_payload(decode=True)


def read_only(raw: bytes) -> None:
    """Everything that is stored of a mail."""
    parse_mail(raw)


def read_and_judge(raw: bytes) -> None:
    """What intake does with each mail: read, classify, split."""
    mail = parse_mail(raw)
    classify_automatic(mail)
    split_mail(mail.text, mail.html, has_plain_text=mail.has_plain_text)


def mails_a_second(action: Callable[[bytes], None], mails: list[bytes]) -> float:
    """Return the best of some rounds, in mails per second of one core."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for raw in mails:
            action(raw)
        best = min(best, time.process_time() - started)
    return len(mails) / best


def main() -> None:
    default = _machine.data_root() / "emails" / "dev"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    parser.add_argument("--quick", action="store_true", help="ten mails, to see that it runs")
    options = parser.parse_args()
    folder = options.folder
    if not folder.is_dir():
        sys.exit(
            f"No mails at {folder}. Name a folder of mails, or point YINUO_DATA at the folder that holds emails/dev."
        )
    mails = load(folder)[: 10 if options.quick else None]
    floor = mails_a_second(with_standard_library, mails)
    print(f"{len(mails)} mails, {sum(map(len, mails)) / 1e6:.1f} MB, best of {ROUNDS} rounds")
    for action in (with_standard_library, with_standard_library_decoded, read_only, read_and_judge):
        speed = mails_a_second(action, mails)
        print(f"{action.__name__:32} {speed:8.0f} mails/s/core   {speed / floor:5.2f} of the standard library's tree")


if __name__ == "__main__":
    main()
