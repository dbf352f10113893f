"""What one wants to be told: each kind by each way, quiet hours, the daily digest."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import Refusal
from yinuo.notifications.actions import Wish, choose_ways, choose_wish
from yinuo.notifications.actions.choosing import DigestHourWrong, QuietHoursIncomplete, UnknownZone
from yinuo.notifications.kinds import Kind
from yinuo.notifications.models import PushSubscription, TellingWish
from yinuo.notifications.push_service import public_key
from yinuo.notifications.queries import own_ways, own_wish
from yinuo.notifications.rules import Ways

from .doors import done, put_refusal, settings_page, show

WAYS = ("app", "push", "digest")
# Where people who work together are found; another zone that somebody has already is offered besides.
_ZONES = [
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Asia/Bangkok",
    "Asia/Kolkata",
    "Asia/Dubai",
    "Europe/Moscow",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/London",
    "UTC",
    "America/Sao_Paulo",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "Australia/Sydney",
]
_FIELDS = {DigestHourWrong: "digest_hour", QuietHoursIncomplete: "quiet_begins", UnknownZone: "zone"}


@dataclass(frozen=True)
class ShownKind:
    """One row of the table: a kind, and for each way the field's name and whether it is on."""

    kind: Kind
    ways: list[tuple[str, str, bool]]


class WishForm(forms.Form):
    """When one wants to be told."""

    quiet_begins = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_ends = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    zone = forms.ChoiceField(label=gettext_lazy("On the clock of"))
    quiet_outside_shifts = forms.BooleanField(label=gettext_lazy("Quiet outside my planned shifts"), required=False)
    urgent_breaks_quiet = forms.BooleanField(
        label=gettext_lazy("Tell me urgent things all the same"),
        required=False,
        help_text=gettext_lazy("Urgent are promises that run out or are broken; they have a flame in the table."),
    )
    digest_hour = forms.TypedChoiceField(
        label=gettext_lazy("Daily digest by mail"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *given: Any, wish: TellingWish, **more: Any) -> None:
        super().__init__(*given, **more)
        zones = [*_ZONES] if wish.zone in _ZONES else [wish.zone, *_ZONES]
        self.fields["zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]  # type: ignore[attr-defined]
        hours = [(str(hour), f"{hour}:00") for hour in range(24)]
        self.fields["digest_hour"].choices = [("", _("No digest")), *hours]  # type: ignore[attr-defined]


@settings_page("notifications.view", "GET", "POST")
def own_notifications(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show or keep what one wants to be told."""
    wish = own_wish(actor)
    if request.method == "GET":
        initial = {name: getattr(wish, name) for name in WishForm.base_fields}
        return _page(request, actor, WishForm(wish=wish, initial=initial), own_ways(actor))
    form = WishForm(request.POST, wish=wish)
    ways = [(kind, _posted_ways(request, kind)) for kind, _before in own_ways(actor)]
    if not form.is_valid():
        return _page(request, actor, form, ways, status=422)
    try:
        with transaction.atomic():
            choose_ways(ways={kind.code: way for kind, way in ways}, by=actor, at=now())
            choose_wish(wish=Wish(**form.cleaned_data), by=actor, at=now())
    except Refusal as refusal:
        put_refusal(form, refusal, _FIELDS.get(type(refusal)))
        return _page(request, actor, form, ways, status=refusal.status)
    return done(request, _("It is saved what you want to be told."), "settings_notifications")


def _posted_ways(request: HttpRequest, kind: Kind) -> Ways:
    return Ways(**{way: f"{way}:{kind.code}" in request.POST for way in WAYS})


def _page(
    request: HttpRequest, actor: Actor, form: WishForm, ways: list[tuple[Kind, Ways]], *, status: int = 200
) -> HttpResponse:
    rows = [
        ShownKind(kind, [(way, f"{way}:{kind.code}", getattr(chosen, way)) for way in WAYS]) for kind, chosen in ways
    ]
    browsers = PushSubscription.objects.filter(staff_id=actor.staff_id).defer("endpoint", "auth").order_by("-since")
    context = {
        "form": form,
        "kinds": rows,
        "browsers": [(row, bytes(row.digest).hex()) for row in browsers],
        "push_key": public_key(),
    }
    return show(request, actor, "notifications", context, here="notifications", status=status)
