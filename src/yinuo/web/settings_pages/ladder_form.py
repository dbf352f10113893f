"""What is asked about a ladder: its name, and a row of fields for each step."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.cases.pages.shown import open_time
from yinuo.organisation.models import Post, Staff
from yinuo.standards.actions import MOST_RUNGS, USUAL_RUNGS, RungDraft
from yinuo.standards.models import Ladder, LadderVersion, Rung, RungMoment, RungTarget

_SPARE_ROWS = 2
_LONGEST_MINUTES = 366 * 24 * 60


class LadderForm(forms.Form):
    """A ladder's name. version_number: the newest one when the page was read."""

    version_number = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120)
    is_default = forms.BooleanField(
        label=gettext_lazy("For every standard that names no ladder of its own"), required=False
    )


class NewLadderForm(LadderForm):
    """A new ladder."""

    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=60, help_text=gettext_lazy("For machines: letters, digits, hyphens.")
    )


class RungForm(forms.Form):
    """One step. Without a moment the row is left out."""

    moment = forms.ChoiceField(
        label=gettext_lazy("When"), required=False, choices=[("", gettext_lazy("No step")), *RungMoment.choices]
    )
    percent = forms.IntegerField(label=gettext_lazy("Percent of the time"), required=False, min_value=1, max_value=99)
    after_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes later"), required=False, min_value=1, max_value=_LONGEST_MINUTES
    )
    target = forms.ChoiceField(label=gettext_lazy("Whom"), required=False, choices=RungTarget.choices)
    post = forms.ModelChoiceField(Post.objects.order_by("code"), label=gettext_lazy("Which post"), required=False)
    staff = forms.ModelChoiceField(Staff.objects.none(), label=gettext_lazy("Which colleague"), required=False)
    respects_hours = forms.BooleanField(label=gettext_lazy("Only in their working hours"), required=False, initial=True)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["staff"].queryset = Staff.objects.working().order_by("name")  # type: ignore[attr-defined]

    def draft(self) -> RungDraft | None:
        """Return the step the action takes, with what belongs to its moment and target only; None when left out."""
        values = self.cleaned_data
        if not values["moment"]:
            return None
        percent, post, staff = values["percent"], values["post"], values["staff"]
        return RungDraft(
            moment=values["moment"],
            target=values["target"],
            share=Decimal(percent) / 100 if percent and values["moment"] == RungMoment.BEFORE else None,
            after_minutes=values["after_minutes"] if values["moment"] == RungMoment.AFTER else None,
            post_id=post.pk if post and values["target"] == RungTarget.POST else None,
            staff_id=staff.pk if staff and values["target"] == RungTarget.STAFF else None,
            respects_hours=values["respects_hours"],
        )


RungForms = forms.formset_factory(RungForm, extra=_SPARE_ROWS, max_num=MOST_RUNGS, absolute_max=MOST_RUNGS)


def ladder_initial(ladder: Ladder, version: LadderVersion) -> dict[str, Any]:
    """Return what the form shows of a ladder."""
    return {
        "name_zh": ladder.name_zh,
        "name_en": ladder.name_en,
        "is_default": ladder.is_default,
        "version_number": version.number,
    }


def rungs_initial(version: LadderVersion | None) -> list[dict[str, Any]]:
    """Return what the rows show: the steps of a version, or the usual ones for a new ladder."""
    rungs: Any = version.rungs.order_by("number") if version else USUAL_RUNGS
    return [
        {
            "moment": rung.moment,
            "percent": int(rung.share * 100) if rung.share else None,
            "after_minutes": rung.after_minutes,
            "target": rung.target,
            "post": rung.post_id,
            "staff": rung.staff_id,
            "respects_hours": rung.respects_hours,
        }
        for rung in rungs
    ]


def rung_in_words(rung: Rung) -> tuple[str, str, str]:
    """Return when a step is reached, whose attention it raises, and when they are told, as people read it."""
    if rung.moment == RungMoment.BEFORE:
        when = _("At %(percent)s %% of the time") % {"percent": int((rung.share or 0) * 100)}
    elif rung.moment == RungMoment.AFTER:
        when = _("%(time)s after it is broken") % {"time": open_time(timedelta(minutes=rung.after_minutes or 0))}
    else:
        when = str(RungMoment.BROKEN.label)
    whom = str(rung.get_target_display())
    if named := rung.post or rung.staff:
        whom = f"{whom}: {named}"
    return when, whom, _("in their working hours") if rung.respects_hours else _("at any hour")
