"""Who a mail is from and to: lists of addresses as they stand in headers, in one comparable form."""

import re
from dataclasses import dataclass

from yinuo.intake.mail.reading.words import decode_words

MOST_ADDRESSES = 1_000
_LONGEST_DOMAIN = 253
_MOST_PIECES_OF_A_NAME = 20
_SPECIAL = re.compile(r'[",;:<>()\\]')


@dataclass(frozen=True, slots=True)
class Address:
    """A person as a header names them. `address` is lower case with an ASCII (IDNA) domain; empty when none was
    given.
    """

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @property
    def local(self) -> str:
        return self.address.rpartition("@")[0]

    @property
    def is_complete(self) -> bool:
        return bool(self.local and self.domain)


def normal_address(written: str) -> str:
    """Return an address in the form we compare and store: trimmed, lower case, IDNA domain. Empty when it is none."""
    written = written.replace("＠", "@").replace("。", ".").replace("\0", "").strip().strip("<>'\"").strip()
    written = re.sub(r"^(?:mailto|smtp):", "", written, flags=re.IGNORECASE)
    local, at, domain = written.rpartition("@")
    local, domain = local.strip().strip('"'), domain.strip().rstrip(".>,;")
    if not at or not local or not domain or re.search(r"[\s,;<>]", domain):
        return ""
    return f"{local.lower()}@{_ascii_domain(domain.lower())}"[:320]


def parse_addresses(value: str) -> tuple[Address, ...]:
    """Return the addresses of a header value, groups dissolved, at most 1,000; a name without address is kept as a
    name.
    """
    found: list[Address] = []
    for written in _split_list(value):
        if len(found) >= MOST_ADDRESSES:
            break
        if person := _parse_one(written):
            found.append(person)
    return tuple(found)


def _ascii_domain(domain: str) -> str:
    if domain.isascii() or len(domain) > _LONGEST_DOMAIN:
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _split_list(value: str) -> list[str]:
    """Cut at commas and semicolons outside quotes, comments and angle brackets; `Group:` prefixes are dropped."""
    pieces, piece = [], []
    in_quote, comment_depth, in_angle, at = False, 0, False, 0
    quotes_pair = value.count('"') % 2 == 0
    while at < len(value):
        special = _SPECIAL.search(value, at)
        if special is None:
            break
        piece.append(value[at : special.start()])
        sign, at = special[0], special.end()
        if sign == "\\":
            piece.append(sign + value[at : at + 1])
            at += 1
            continue
        if sign == '"' and quotes_pair and not comment_depth:
            in_quote = not in_quote
        elif sign in "()" and not in_quote:
            comment_depth = max(0, comment_depth + (1 if sign == "(" else -1))
        elif sign in "<>" and not in_quote and not comment_depth:
            in_angle = sign == "<"
        elif sign in ",;" and not in_quote and not comment_depth and not (in_angle and ">" in value[at : at + 300]):
            pieces.append("".join(piece))
            piece, in_angle = [], False
            continue
        elif sign == ":" and not in_quote and not in_angle and not comment_depth and _is_group_name(piece):
            piece = []
            continue
        piece.append(sign)
    return [*pieces, "".join(piece) + value[at:]]


def _is_group_name(piece: list[str]) -> bool:
    # Longer than any name: not looked at, so that a hostile list costs no more than its length.
    return (
        len(piece) < _MOST_PIECES_OF_A_NAME and "@" not in (text := "".join(piece)) and text.strip().lower() != "mailto"
    )


def _parse_one(written: str) -> Address | None:
    written = written.strip()
    if not written:
        return None
    before, opened, rest = _last_angle(written)
    if opened:
        inside, _, after = rest.partition(">")
        address = normal_address(_without_route(decode_words(inside)))
        name = _clean_name(before) or _clean_name(after)
        if not address and "@" in name:
            address = normal_address(re.sub(r"\s", "", name))
    else:
        bare, name = _split_comment(written)
        address = normal_address(decode_words(bare))
        if not address:
            match = re.search(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+", decode_words(written))
            address = normal_address(match[0]) if match else ""
            name = _clean_name(written.replace(match[0], "") if match else written)
    if name.lower() == address:
        name = ""
    return Address(name[:200], address) if name or address else None


def _last_angle(written: str) -> tuple[str, str, str]:
    """The address stands in the last brackets; earlier ones may belong to the name (`Li <sales> <li@example.com>`)."""
    place = written.rfind("<")
    return (written[:place], "<", written[place + 1 :]) if place >= 0 else (written, "", "")


def _without_route(inside: str) -> str:
    return inside.rpartition(":")[2] if inside.startswith("@") else inside


def _split_comment(written: str) -> tuple[str, str]:
    """`li@example.com (Li Na)`: the old way to give a name."""
    match = re.match(r"^([^()]*)\(([^()]*)\)\s*$", written)
    return (match[1], _clean_name(match[2])) if match else (written, "")


def _clean_name(name: str) -> str:
    name = re.sub(r'\\(["\\])', r"\1", name.strip().strip('"'))
    decoded = decode_words(name).replace("\0", "")
    return " ".join(decoded.strip().strip("\"'“”").split())
