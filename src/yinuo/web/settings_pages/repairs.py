"""Repair: bringing open cases to the times of a standard that was mended, chosen one by one after a look."""

import re

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases.actions import Repaired, repair_cases
from yinuo.cases.models import PromiseKind
from yinuo.cases.queries.repairing import Move, preview_repair
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.standards.models import Standard

from .doors import put_refusal, settings_page, show

_MOST = 200
_ID = re.compile(r"[0-9]{1,18}")
_REFERENCE = re.compile(r"YN-[0-9]{6}-[0-9]{4,12}")


class RepairForm(forms.Form):
    """Why the chosen cases are repaired."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("It stays in the record of each case; the customer does not read it."),
    )


@settings_page("standards.edit", "GET", "POST")
def repair(request: HttpRequest, actor: Actor, standard_id: int) -> HttpResponse:
    """List the open cases whose times would move; POST repairs the chosen ones and reports on each."""
    standard = Standard.objects.filter(pk=standard_id).first()
    if standard is None:
        raise NotFound
    if request.method == "GET":
        return _page(request, actor, standard, RepairForm())
    form = RepairForm(request.POST)
    chosen = [one for one in request.POST.getlist("reference")[:_MOST] if _REFERENCE.fullmatch(one)]
    if not chosen:
        form.add_error(None, _("Choose at least one case."))
    if not form.is_valid():
        return _page(request, actor, standard, form, chosen=chosen, status=422)
    try:
        report = repair_cases(
            standard=standard, references=chosen, reason=form.cleaned_data["reason"], by=actor, at=now()
        )
    except Refusal as refusal:
        put_refusal(form, refusal, "reason")
        return _page(request, actor, standard, form, chosen=chosen, status=refusal.status)
    return _page(request, actor, standard, RepairForm(), report=report)


def _page(
    request: HttpRequest,
    actor: Actor,
    standard: Standard,
    form: RepairForm,
    *,
    chosen: list[str] | None = None,
    report: list[Repaired] | None = None,
    status: int = 200,
) -> HttpResponse:
    after = request.GET.get("after", "")
    after_id = int(after) if _ID.fullmatch(after) else 0
    page = preview_repair(standard, after_id=after_id, actor=actor, at=now())
    here = reverse("settings_repair", args=[standard.pk])
    context = {
        "standard": standard,
        "form": form,
        "repairs": [(one, _shown(one.moves), chosen is None or one.case.reference in chosen) for one in page.repairs],
        "report": [(one, _shown(one.moves)) for one in report or ()],
        "next_url": f"{here}?after={page.after_id}" if page.after_id else "",
        "first_url": here if after_id else "",
    }
    return show(request, actor, "repair", context, here="standards", status=status)


def _shown(moves: tuple[Move, ...]) -> list[tuple[str, Move]]:
    return [(PromiseKind(move.kind).label, move) for move in moves]
