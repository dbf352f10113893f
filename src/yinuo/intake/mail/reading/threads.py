"""To which case a mail belongs (field rules 1 to 11): a pure decision over what the caller looked up.

`wanted` says what to look up; `find_thread` decides. Order: our own Message-ID in In-Reply-To, then in References
from right to
left, then the mark in the body, and last the reference in the subject, which counts only for people of that case.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from yinuo.intake.mail.reading.forwards import is_forward
from yinuo.intake.mail.reading.mails import ParsedMail
from yinuo.intake.mail.reading.message_ids import OwnId, looks_like_own_id, read_body_mark, read_message_id
from yinuo.intake.mail.reading.subjects import same_subject
from yinuo.intake.mail.reading.tools import thread_ids

REFERENCE = re.compile(r"(?<![\w-])YN-\d{6}-\d{4,12}(?![\w-])", re.IGNORECASE)
MOST_LOOKED_UP = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the caller knows of one conversation that a mail may belong to.

    mailbox: the own address it runs over. subject: of its first message. participants: customer addresses of the case
    (owner and
    collaborators), lower case. is_internal: the message answered was an internal one.
    """

    case_reference: str
    mailbox: str
    subject: str
    participants: frozenset[str] = frozenset()
    is_internal: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The results of the lookups: by own (conversation, message) ids, by foreign Message-ID, by case reference."""

    own: Mapping[OwnId, Candidate] = field(default_factory=dict)
    messages: Mapping[str, Candidate] = field(default_factory=dict)
    cases: Mapping[str, Candidate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look up before deciding."""

    own: tuple[OwnId, ...]
    message_ids: tuple[str, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who sent the mail and which of our mailboxes got it."""

    sender: str
    mailbox: str
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class ThreadMatch:
    """The decision. `case_reference` None: a new case.

    by: "in_reply_to", "references", "body_mark", "subject" or "nothing". trusted: the mail proves that it answers us,
    by a keyed id or
    by a known sender. is_quarantined: it names a case that its sender has no part in; a person looks before anything
    joins.
    is_internal: it answers an internal message and stays internal (rule 27). reason: one short English sentence for
    the log.
    """

    case_reference: str | None
    by: str
    trusted: bool
    reason: str
    is_quarantined: bool = False
    is_internal: bool = False
    named_reference: str | None = None


def wanted(mail: ParsedMail, keys: Sequence[bytes], is_reference: Callable[[str], bool]) -> Wanted:
    """Return the keys that the caller looks up in one query each; References are read from right to left, at most
    100.
    """
    ids = _ids_in_order(mail)
    own = [read_message_id(keys, one) for one in ids]
    mark = read_body_mark(keys, _searched_text(mail))
    own_ids = dict.fromkeys(one for one in [*own, mark] if one is not None)
    foreign = [one for one in ids if not looks_like_own_id(one)]
    return Wanted(tuple(own_ids), tuple(foreign), subject_references(mail.subject, is_reference))


def subject_references(subject: str, is_reference: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the valid case references in a subject, upper case, in order, each once; wrong check digits are no
    references.
    """
    written = dict.fromkeys(match.upper() for match in REFERENCE.findall(subject))
    return tuple(one for one in written if is_reference(one))


def find_thread(
    mail: ParsedMail,
    found: Found,
    recipient: Recipient,
    *,
    keys: Sequence[bytes],
    is_reference: Callable[[str], bool],
) -> ThreadMatch:
    """Return which case `mail` joins, how far that is proven, and why; see `ThreadMatch`."""
    if recipient.is_staff and is_forward(mail) and _names_other_mailbox(mail, found, recipient, keys):
        return ThreadMatch(
            None, "nothing", False, "a colleague forwarded a notification to another mailbox: a new case"
        )
    refused: list[str] = []
    for decide in (_by_in_reply_to, _by_references, _by_mark):
        if match := decide(mail, found, recipient, keys, refused):
            return match
    return _by_subject(mail, found, recipient, is_reference, refused)


def _by_in_reply_to(
    mail: ParsedMail, found: Found, recipient: Recipient, keys: Sequence[bytes], refused: list[str]
) -> ThreadMatch | None:
    for one in thread_ids(mail)[:MOST_LOOKED_UP]:
        if match := _match_id(one, found, recipient, keys, refused, "in_reply_to"):
            return match
    return None


def _by_references(
    mail: ParsedMail, found: Found, recipient: Recipient, keys: Sequence[bytes], refused: list[str]
) -> ThreadMatch | None:
    """Newest first. Only References and another subject: people reuse an old mail to begin something new (rule 4)."""
    for one in reversed(mail.references[-MOST_LOOKED_UP:]):
        match = _match_id(one, found, recipient, keys, refused, "references")
        if match is None:
            continue
        candidate = _candidate_of(one, found, keys)
        if candidate is not None and not same_subject(candidate.subject, mail.subject):
            refused.append(f"only References name {candidate.case_reference}, and the subject is another")
            return None
        return match
    return None


def _by_mark(
    mail: ParsedMail, found: Found, recipient: Recipient, keys: Sequence[bytes], refused: list[str]
) -> ThreadMatch | None:
    own = read_body_mark(keys, _searched_text(mail))
    candidate = found.own.get(own) if own else None
    if candidate is None or not _same_mailbox(candidate, recipient, refused):
        return None
    return ThreadMatch(
        candidate.case_reference,
        "body_mark",
        True,
        "the mark of our mail stands in the body",
        is_internal=candidate.is_internal,
    )


def _by_subject(
    mail: ParsedMail, found: Found, recipient: Recipient, is_reference: Callable[[str], bool], refused: list[str]
) -> ThreadMatch:
    """The last resort: anybody can type a reference, so it counts only from people of that case (rule 2)."""
    foreign: str | None = None
    for reference in subject_references(mail.subject, is_reference):
        candidate = found.cases.get(reference)
        if candidate is None or not _same_mailbox(candidate, recipient, refused):
            continue
        if recipient.is_staff or recipient.sender in candidate.participants:
            return ThreadMatch(
                reference,
                "subject",
                True,
                "the subject names the case and the sender takes part in it",
                named_reference=reference,
            )
        foreign = foreign or reference
    if foreign:
        reason = f"the subject names {foreign}, but the sender takes no part in it"
        return ThreadMatch(None, "nothing", False, reason, is_quarantined=True, named_reference=foreign)
    return ThreadMatch(None, "nothing", False, refused[0] if refused else "nothing names a case")


def _match_id(
    one: str, found: Found, recipient: Recipient, keys: Sequence[bytes], refused: list[str], by: str
) -> ThreadMatch | None:
    candidate = _candidate_of(one, found, keys)
    if candidate is None:
        if looks_like_own_id(one) and read_message_id(keys, one) is None:
            refused.append("an id looks like ours, but its hash is wrong")
        return None
    if not _same_mailbox(candidate, recipient, refused):
        return None
    is_own = read_message_id(keys, one) is not None
    is_known = recipient.is_staff or recipient.sender in candidate.participants
    reason = (
        "it answers a mail of ours"
        if is_own
        else "it answers a mail that we stored" + ("" if is_known else ", from an unknown sender")
    )
    return ThreadMatch(candidate.case_reference, by, is_own or is_known, reason, is_internal=candidate.is_internal)


def _candidate_of(one: str, found: Found, keys: Sequence[bytes]) -> Candidate | None:
    own = read_message_id(keys, one)
    if own is not None:
        return found.own.get(own)
    # The shape of our ids without a genuine hash names nothing, even when a stored mail carries it (rule 3).
    return None if looks_like_own_id(one) else found.messages.get(one)


def _same_mailbox(candidate: Candidate, recipient: Recipient, refused: list[str]) -> bool:
    """Customers answer where they were written from; a conversation of another mailbox is a forward (rule 8). Staff
    may cross.
    """
    if recipient.is_staff or candidate.mailbox == recipient.mailbox:
        return True
    refused.append(f"{candidate.case_reference} runs over another mailbox")
    return False


def _names_other_mailbox(mail: ParsedMail, found: Found, recipient: Recipient, keys: Sequence[bytes]) -> bool:
    named = [_candidate_of(one, found, keys) for one in _ids_in_order(mail)]
    named += list(found.own.values()) if read_body_mark(keys, _searched_text(mail)) else []
    return any(candidate is not None and candidate.mailbox != recipient.mailbox for candidate in named)


def _ids_in_order(mail: ParsedMail) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*thread_ids(mail)[:MOST_LOOKED_UP], *reversed(mail.references[-MOST_LOOKED_UP:])]))


def _searched_text(mail: ParsedMail) -> str:
    """The mark may stand in either form of the body; case references in bodies are never searched (rule 5)."""
    return f"{mail.text[:200_000]}\n{(mail.html or '')[:500_000]}"
