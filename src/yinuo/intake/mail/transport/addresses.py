"""Mail addresses as servers take them."""

import re

from yinuo.intake.mail.transport.refusals import AddressNotValid

_LOCAL_PART = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)


def wire_address(address: str) -> str:
    """Return `address` with its domain in ASCII (`李@例子.cn` -> `李@xn--fsqu00a.cn`). Raises AddressNotValid."""
    local_part, at, domain = address.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii") if domain else ""
    except UnicodeError:
        raise AddressNotValid(address=address) from None
    if not at or not _LOCAL_PART.fullmatch(local_part) or not _DOMAIN.fullmatch(ascii_domain):
        raise AddressNotValid(address=address)
    return f"{local_part}@{ascii_domain}"


def needs_utf8(address: str) -> bool:
    """Tell whether only a server with SMTPUTF8 (RFC 6531) can take this wire address."""
    return not address.isascii()
