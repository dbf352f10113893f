"""Acts that join cases and part them again."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yinuo.access.actors import Actor
from yinuo.cases.actions import undo_merge
from yinuo.cases.forms import ActForm
from yinuo.cases.models import Case
from yinuo.cases.queries import case_by_reference, merge_candidates, merges_into
from yinuo.foundation.acts import case_act
from yinuo.foundation.refusals import NotFound


class OtherCaseForm(ActForm):
    """Which other case is meant: a typed number counts before a chosen one."""

    number = forms.CharField(max_length=24, required=False)
    other = forms.CharField(max_length=24, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["reference"] = values.get("number") or values.get("other") or ""
        if not values["reference"]:
            raise forms.ValidationError(_("Choose a case, or type its number."))
        return values


class UndoMergeForm(ActForm):
    merge = forms.IntegerField(min_value=1)


def candidates(case: Case, actor: Actor, at: datetime) -> dict[str, Any]:
    """Return the cases that could be the same need."""
    return {"candidates": merge_candidates(case, actor=actor, at=at)}


@case_act(
    "merge",
    label=_("Merge with another case …"),
    icon="git-merge",
    order=60,
    permission="cases.merge",
    template="desk/acts/merge.html",
    submit=_("Show both cases"),
    offered=lambda case, _actor: case.is_open,
    shown=candidates,
)
def merge(case: Case, actor: Actor, _at: datetime, request: HttpRequest) -> str:
    """Lead to both cases side by side; nothing is merged before somebody has seen them."""
    other = case_by_reference(OtherCaseForm(request.POST).checked()["reference"].strip(), actor=actor)
    return reverse("case_merge", args=[case.reference, other.reference])


@case_act(
    "unmerge",
    label=_("Undo the merge"),
    icon="arrow-back-up",
    order=61,
    permission="cases.merge",
    template="desk/acts/unmerge.html",
    offered=lambda case, _actor: case.absorbs_others,
    shown=lambda case, actor, _at: {"merges": merges_into(case, actor=actor)},
)
def unmerge(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> Case:
    """Make two cases of one again, and show the one that comes back."""
    chosen = UndoMergeForm(request.POST).checked()["merge"]
    found = next((one for one in merges_into(case, actor=actor) if one.pk == chosen), None)
    if found is None:
        raise NotFound
    return undo_merge(merge=found, by=actor, at=at)
