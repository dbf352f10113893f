"""Filters for instants, money and personal data, in the person's language and zone."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yinuo.foundation.clock import now
from yinuo.web.components.human_time import browser_patterns, exact_time, human_time, machine_time
from yinuo.web.components.library import register

SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥"}
UNITS_WITHOUT_CENTS = frozenset({"JPY", "KRW"})


@register.filter
def when(at: datetime | None, at_now: datetime | None = None) -> str | SafeString:
    """Return a `<time>` that says the instant as people do; the browser keeps it true, hovering shows it exactly."""
    if at is None:
        return ""
    zone = timezone.get_current_timezone()
    return format_html(
        '<time datetime="{}" title="{}" data-when>{}</time>',
        machine_time(at),
        exact_time(at, zone=zone),
        human_time(at, now=at_now or now(), zone=zone),
    )


@register.filter
def exact(at: datetime | None) -> str:
    """Return the instant with seconds and its distance from UTC, in the person's zone."""
    return "" if at is None else exact_time(at, zone=timezone.get_current_timezone())


@register.filter
def machine_instant(at: datetime) -> str:
    """Return the instant for scripts, in UTC with milliseconds, where whole seconds are too coarse."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@register.filter
def money(amount: Any, currency: str = "CNY") -> str:
    """Return an amount with its currency: `¥38,460`, `¥50.50`, `1,200 CHF`.

    amount: Decimal or int, or any object with `amount` and `currency`. Cents are shown only where there are some.
    """
    if amount is None:
        return ""
    if hasattr(amount, "currency"):
        amount, currency = amount.amount, str(amount.currency)
    number = Decimal(amount)
    has_cents = number != number.to_integral_value() and currency not in UNITS_WITHOUT_CENTS
    digits = f"{abs(number):,.2f}" if has_cents else f"{abs(number):,.0f}"
    sign = "-" if number < 0 else ""
    symbol = SYMBOLS.get(currency)
    return f"{sign}{symbol}{digits}" if symbol else f"{sign}{digits} {currency}"


@register.filter
def masked(value: str | None) -> str:
    """Return a phone number, mail address or other identifier with its middle hidden.

    `13812346721` becomes `138****6721`, `wang.li@example.com` becomes `w***@example.com`. Short values vanish wholly.
    What a role must not see is masked by the query already; this filter is for values a page holds for other reasons.
    """
    text = (value or "").strip()
    if "@" in text:
        name, _, domain = text.rpartition("@")
        return f"{name[:1]}***@{domain}"
    compact = re.sub(r"[\s()-]", "", text)
    if len(compact) >= 8:  # noqa: PLR2004
        return f"{compact[:3]}****{compact[-4:]}"
    return "*" * len(compact)


@register.simple_tag
def browser_texts() -> dict[str, str]:
    """Return the sentences `app.js` shows, translated; base.html hands them over as a JSON block."""
    return browser_patterns()


@register.simple_tag
def server_now() -> str:
    """Return the server's instant, so that countdowns are right on a computer whose clock is wrong."""
    return machine_time(now())
