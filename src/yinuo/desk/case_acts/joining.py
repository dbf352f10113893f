"""Acts that join cases and part them again."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yinuo.access.actors import Actor
from yinuo.cases.actions import (
    link_cases,
    propose_incident,
    split_case,
    take_from_incident,
    undo_merge,
    unlink_cases,
)
from yinuo.cases.forms import ActForm
from yinuo.cases.models import Case, CaseLink, LinkKind
from yinuo.cases.queries import (
    case_by_reference,
    links_of,
    merge_candidates,
    merges_into,
    splittable_messages,
    surge_around,
)
from yinuo.foundation.acts import case_act
from yinuo.foundation.refusals import NotFound
from yinuo.routing.queries import owner_for


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


class LinkForm(OtherCaseForm):
    """Of what kind a link is, read from this case."""

    kind = forms.ChoiceField(choices=[choice for choice in LinkKind.choices if choice[0] != LinkKind.SPLIT_FROM])


class UnlinkForm(ActForm):
    link = forms.IntegerField(min_value=1)


class SplitForm(ActForm):
    """Which messages begin a case of their own, under which subject, and whose it becomes."""

    messages = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("Choose at least one message.")}
    )
    subject = forms.CharField(max_length=200)
    owner = forms.ChoiceField(choices=[("same", ""), ("routing", "")])

    def __init__(self, *args: Any, among: list[int], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["messages"].choices = [(pk, pk) for pk in among]  # type: ignore[attr-defined]


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


@case_act(
    "split",
    label=_("Split into a case of its own …"),
    icon="route",
    order=62,
    permission="cases.open",
    template="desk/acts/split.html",
    submit=_("Open the new case"),
    offered=lambda case, _actor: case.message_count > 1,
    shown=lambda case, _actor, _at: {"messages_said": splittable_messages(case)},
)
def split(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> Case:
    """Open a case with copies of the chosen messages, and show it."""
    among = [message.pk for message in splittable_messages(case)]
    values = SplitForm(request.POST, among=among).checked()
    same = values["owner"] == "same" and case.owner is not None
    choice = None if same else owner_for(case.team)
    return split_case(
        case=case,
        message_ids=values["messages"],
        subject=values["subject"],
        team=choice.team if choice else case.team,
        owner=choice.owner if choice else case.owner,  # type: ignore[arg-type]  # `same` says there is one
        owner_reason=choice.reason if choice else "split: the same owner",
        by=actor,
        at=at,
    )


@case_act(
    "link",
    label=_("Link with another case …"),
    icon="link",
    order=63,
    permission="cases.note",
    template="desk/acts/link.html",
    submit=_("Link"),
    shown=lambda case, actor, at: {
        **candidates(case, actor, at),
        "kinds": [one for one in LinkKind.choices if one[0] != LinkKind.SPLIT_FROM],
    },
)
def link(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Link the case with another one."""
    values = LinkForm(request.POST).checked()
    other = case_by_reference(values["reference"].strip(), actor=actor)
    link_cases(one=case, other=other, kind=LinkKind(values["kind"]), by=actor, at=at)


@case_act(
    "unlink",
    label=_("Take a link away"),
    icon="x",
    order=64,
    permission="cases.note",
    template="desk/acts/unlink.html",
    # Not in the menu: the panel that shows the links leads here.
    offered=lambda _case, _actor: False,
    shown=lambda case, actor, _at: {"links": links_of(case, actor=actor)},
)
def unlink(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Take a link of the case away."""
    chosen = UnlinkForm(request.POST).checked()["link"]
    if chosen not in {one.id for one in links_of(case, actor=actor)}:
        raise NotFound
    unlink_cases(link=CaseLink.objects.select_related("one", "other").get(pk=chosen), by=actor, at=at)


class ProposalForm(ActForm):
    summary = forms.CharField(max_length=2000)


@case_act(
    "incident",
    label=_("Propose a major incident …"),
    icon="sitemap",
    order=66,
    permission="cases.note",
    template="desk/acts/incident.html",
    submit=_("Propose"),
    offered=lambda case, _actor: case.is_open and not case.incident_number,
    shown=lambda case, _actor, at: {"surge": surge_around(case, at=at)},
)
def propose(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> str:
    """Propose that one cause is behind this case and others, with the figures of the moment; lead to its page."""
    summary = ProposalForm(request.POST).checked()["summary"]
    surge = surge_around(case, at=at)
    evidence = {"count": surge.count, "usual_an_hour": surge.usual_an_hour} if surge else {}
    propose_incident(case=case, summary=summary, evidence=evidence, by=actor, at=at)
    return reverse("incident", args=[case.reference])


@case_act(
    "leave_incident",
    label=_("Take out of the incident"),
    icon="x",
    order=67,
    permission="cases.note",
    template="desk/acts/leave_incident.html",
    offered=lambda case, _actor: bool(case.incident_number) and case.incident_number != case.reference,
)
def leave_incident(case: Case, actor: Actor, at: datetime, _request: HttpRequest) -> None:
    """Let the case be part of an incident no longer."""
    take_from_incident(case=case, by=actor, at=at)
