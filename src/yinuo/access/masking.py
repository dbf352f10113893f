"""What of a personal value may be shown to somebody who need not know it all."""


def masked_phone(value: str) -> str:
    """Return `138 **** 6721` for a Chinese mobile; otherwise all but the last four digits hidden."""
    digits = "".join(sign for sign in value if sign.isdigit())
    local = digits[2:] if digits.startswith("86") and len(digits) == 13 else digits  # noqa: PLR2004 - +86 and 11 digits
    if len(local) == 11:  # noqa: PLR2004 - a mainland mobile number
        return f"{local[:3]} **** {local[-4:]}"
    return f"**** {local[-4:]}"


def masked_mail(value: str) -> str:
    """Return `l***@example.com`: the first sign and the domain."""
    name, at, domain = value.partition("@")
    return f"{name[:1]}***{at}{domain}"


def masked_text(value: str) -> str:
    """Return the first and last sign with stars between; for ids and addresses."""
    return f"{value[:1]}****{value[-1:]}" if len(value) > 1 else "****"
