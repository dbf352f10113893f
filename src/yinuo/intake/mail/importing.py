"""Takes in mails from files. Nothing is answered by itself, and a mail that was here before is a duplicate."""

from collections.abc import Iterable
from pathlib import Path

from yinuo.foundation.clock import now

from .actions import take_in
from .house_addresses import house_addresses
from .models import Mailbox, StoredMail
from .transport.files import read_mails


def import_mails(paths: Iterable[Path], *, mailbox: Mailbox | None) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Take in every mail below the paths; return counts by name, and each source that gave trouble with its reason.

    Counts: read (mails found), stored (filed with a case, or left out as a machine's), duplicates, kept_raw, rejected
    (files that could not be read). May be stopped and run again: what is stored counts as a duplicate then.
    """
    counts = dict.fromkeys(("read", "stored", "duplicates", "kept_raw", "rejected"), 0)
    problems: list[tuple[str, str]] = []
    house = house_addresses()
    for entry in read_mails(paths):
        if entry.problem_code:
            counts["rejected"] += 1
            problems.append((entry.source, entry.problem))
            continue
        counts["read"] += 1
        taken = take_in(entry.raw, mailbox=mailbox, at=now(), source=entry.source, is_import=True, house=house)
        name = {"duplicate": "duplicates", StoredMail.State.KEPT_RAW: "kept_raw"}.get(taken.state, "stored")
        counts[name] += 1
        if name == "kept_raw":
            problems.append((entry.source, StoredMail.objects.get(pk=taken.stored_mail_id).reason))
    return counts, problems
