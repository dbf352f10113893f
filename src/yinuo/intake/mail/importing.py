"""Takes in mails from files. Nothing is answered by itself, and a mail that was here before is a duplicate."""

from collections.abc import Iterable
from pathlib import Path

from yinuo.foundation.clock import now

from .actions import take_in
from .house_addresses import HouseAddresses, house_addresses
from .models import Mailbox, StoredMail
from .transport.files import Entry, read_mails


def import_mails(paths: Iterable[Path], *, mailbox: Mailbox | None) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Take in every mail below the paths; return counts by name, and each source that gave trouble with its reason.

    Counts: read (all that was found, the sum of the others), stored (filed with a case, or left out as a machine's),
    duplicates, kept_raw, rejected (files that are no mail, or cannot be read). May be stopped and run again: what is
    stored counts as a duplicate then. Refuses with StorageFull.
    """
    counts = dict.fromkeys(("read", "stored", "duplicates", "kept_raw", "rejected"), 0)
    problems: list[tuple[str, str]] = []
    house = house_addresses()
    for entry in read_mails(paths):
        name, reason = _take_in(entry, mailbox, house)
        counts["read"] += 1
        counts[name] += 1
        if reason:
            problems.append((entry.source, reason))
    return counts, problems


def _take_in(entry: Entry, mailbox: Mailbox | None, house: HouseAddresses) -> tuple[str, str]:
    """Return under which name the entry counts, and why it is not simply stored."""
    if entry.raw is None:
        return "rejected", entry.sentence
    taken = take_in(entry.raw, mailbox=mailbox, at=now(), source=entry.source, is_import=True, house=house)
    if taken.state == StoredMail.State.KEPT_RAW:
        return "kept_raw", StoredMail.objects.get(pk=taken.stored_mail_id).reason
    return ("duplicates" if taken.state == "duplicate" else "stored"), ""
