"""Everything the gallery page shows: each component in each of its states, with believable values."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from yinuo.foundation.clock import now
from yinuo.web.components.basics import NOTICE_ICONS, PRESENCE_STATES, TONES
from yinuo.web.components.gallery_list import gallery_list
from yinuo.web.components.icons import ICON_NAMES
from yinuo.web.components.lists import Column, Place
from yinuo.web.components.promises import ShownPromise


class GalleryForm(forms.Form):
    """A form with every kind of field the desk uses, shown once empty and once with its errors."""

    subject = forms.CharField(label="Subject", max_length=120)
    details = forms.CharField(label="What happened", widget=forms.Textarea, required=False)
    channel = forms.ChoiceField(label="Channel", choices=[("mail", "Mail"), ("phone", "Phone")])
    urgency = forms.ChoiceField(
        label="Urgency", choices=[("normal", "Normal"), ("high", "High")], widget=forms.RadioSelect
    )
    call_back = forms.BooleanField(label="Call the customer back", required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput)


def gallery_context(at: datetime | None = None) -> dict[str, Any]:
    """Return the context of `web/gallery.html`; `at` is the instant it is shown for, normally now."""
    at = (at or now()).astimezone(UTC)
    form, wrong_form = _forms()
    return {
        "navigation": _navigation(),
        "search_url": "/",
        "account_name": "王晓宁",
        "tones": TONES,
        "presence_states": PRESENCE_STATES,
        "notice_tones": tuple(NOTICE_ICONS),
        "icon_names": sorted(ICON_NAMES),
        "people": ["李雪", "赵建国", "Emma Chen", "周敏", "刘洋", "黄志强", ""],
        "promises": gallery_promises(at),
        "chips": [
            Place(_("All"), "#all", is_current=True, count=8),
            Place(_("Due soon"), "#soon", count=2),
            Place(_("Waiting for customer"), "#waiting"),
        ],
        "columns": [
            Column(_("Customer"), "#name", "ascending"),
            Column(_("Cases"), "#cases", is_number=True),
            Column(_("Last contact"), "#last"),
            Column(_("Spent"), is_number=True),
        ],
        "rows": _rows(at),
        "instants": _instants(at),
        "list": gallery_list(at, promises=gallery_promises(at)),
        "form": form,
        "wrong_form": wrong_form,
        "attachments": [SimpleNamespace(url="#photo", name="屏幕裂痕.jpg", size="1.2 MB")],
    }


def gallery_promises(at: datetime) -> list[ShownPromise]:
    """Return one promise in each state, relative to `at`."""
    hour = timedelta(hours=1)
    kind = _("First response")

    def promise(state: str, given: timedelta, due: timedelta, ended: timedelta | None = None) -> ShownPromise:
        due_at = at + due
        ended_at = None if ended is None else at + ended
        return ShownPromise(state, kind, at + given, due_at - (due - given) / 4, due_at, ended_at)

    return [
        promise("live", -hour, 2 * hour),
        promise("live", -2 * hour, 75 * hour),
        promise("soon", -1.6 * hour, timedelta(minutes=28, seconds=22)),
        promise("broken", -2 * hour, timedelta(minutes=-12)),
        promise("kept", -2 * hour, hour, -hour),
        promise("paused", -2 * hour, hour, -hour),
        promise("withdrawn", -2 * hour, hour, -hour),
        promise("replaced", -2 * hour, hour, -hour),
    ]


def _navigation() -> list[Place]:
    return [
        Place(_("Workbench"), "#workbench", is_current=True, icon="headset", is_marked=True),
        Place(_("Customers"), "#customers", icon="users"),
        Place(_("Settings"), "#settings", icon="settings"),
    ]


def _rows(at: datetime) -> list[dict[str, Any]]:
    return [
        {"name": "李雪", "cases": 9, "last_at": at - timedelta(minutes=28), "spent": Decimal(38460)},
        {"name": "Emma Chen", "cases": 2, "last_at": at - timedelta(days=1), "spent": Decimal("1299.50")},
        {"name": "周敏", "cases": 14, "last_at": at - timedelta(days=40), "spent": Decimal(0)},
    ]


def _instants(at: datetime) -> list[datetime]:
    away = [
        timedelta(seconds=-5),
        timedelta(minutes=-28),
        timedelta(hours=-5),
        timedelta(days=-1),
        timedelta(days=-9),
        timedelta(days=-400),
        timedelta(minutes=28),
        timedelta(days=1),
    ]
    return [at + distance for distance in away]


def _forms() -> tuple[GalleryForm, GalleryForm]:
    wrong = GalleryForm({"subject": "", "urgency": "normal", "channel": "fax"}, auto_id="wrong_%s")
    wrong.add_error(None, _("The mailbox did not accept the password. Check it and save again."))
    return GalleryForm(), wrong
