"""Two cases side by side before they become one: what moves, what stays promised, who will read the answers."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page
from yinuo.cases.actions import merge_cases
from yinuo.cases.forms import ActForm
from yinuo.cases.queries import case_by_reference, merge_preview
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import Refusal


class MergeForm(ActForm):
    reason = forms.CharField(max_length=300)
    confirmed = forms.BooleanField(required=False)


@desk_page("GET", "POST")
def case_merge(request: HttpRequest, actor: Actor, reference: str, other: str) -> HttpResponse:
    """Show what merging the first case into the second would do; posted, do it and show the one that remains."""
    actor.require("cases.merge")
    source, target = case_by_reference(reference, actor=actor), case_by_reference(other, actor=actor)
    refusal = None
    if request.method == "POST":
        try:
            values = MergeForm(request.POST).checked()
            merge_cases(
                source=source,
                target=target,
                reason=values["reason"],
                confirmed=values["confirmed"],
                by=actor,
                at=now(),
            )
            return redirect("case", reference=target.reference)
        except Refusal as problem:
            refusal = problem
    preview = merge_preview(source, target, actor=actor, at=now())
    context = {
        "preview": preview,
        "sides": [(preview.source, "source"), (preview.target, "target")],
        "refusal": refusal or preview.obstacle,
        "posted": request.POST,
    }
    return render(request, "desk/merge.html", context, status=refusal.status if refusal else 200)
