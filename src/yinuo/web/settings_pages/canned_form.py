"""The form of a canned answer: its text in both languages, and whose it is."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases.forms import TEXT_LENGTH
from yinuo.desk.actions import CannedDraft
from yinuo.desk.models import CannedAnswer
from yinuo.organisation.models import Team

_TEAM = "team-"


class CannedAnswerForm(forms.Form):
    """A name, a word to type, the texts, and whose it is: those the person may write for."""

    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=60)
    shortcut = forms.RegexField(
        r"^[^\s/@]*\Z",
        label=gettext_lazy("Word to type"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Typed behind a slash, such as /wait: one word, without spaces."),
    )
    text_zh = forms.CharField(
        label=gettext_lazy("Text in Chinese"), max_length=TEXT_LENGTH, required=False, widget=forms.Textarea
    )
    text_en = forms.CharField(
        label=gettext_lazy("Text in English"), max_length=TEXT_LENGTH, required=False, widget=forms.Textarea
    )
    whose = forms.ChoiceField(label=gettext_lazy("Who can use it"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["whose"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _owners(actor)
        field.initial = "mine" if actor.may("cases.reply") else "all"

    def draft(self) -> CannedDraft:
        """Return the values as the action takes them."""
        values = self.cleaned_data
        whose = values["whose"]
        return CannedDraft(
            values["name"],
            values["text_zh"],
            values["text_en"],
            shortcut=values["shortcut"],
            team_id=int(whose.removeprefix(_TEAM)) if whose.startswith(_TEAM) else None,
            is_shared=whose == "all",
        )


def canned_initial(answer: CannedAnswer) -> dict[str, Any]:
    """Return what the form shows of an answer that is there already."""
    whose = "mine" if answer.owner_id else f"{_TEAM}{answer.team_id}" if answer.team_id else "all"
    return {
        "name": answer.name,
        "shortcut": answer.shortcut,
        "text_zh": answer.text_zh,
        "text_en": answer.text_en,
        "whose": whose,
    }


def _owners(actor: Actor) -> list[tuple[str, str]]:
    choices = [("mine", _("Only me"))] if actor.may("cases.reply") else []
    if actor.may("desk.share_answers"):
        choices += [(f"{_TEAM}{team.pk}", team.name) for team in _teams(actor)]
        choices.append(("all", _("Everybody")))
    return choices


def _teams(actor: Actor) -> QuerySet[Team]:
    teams = Team.objects.order_by("code")
    return teams if actor.may("organisation.edit") else teams.filter(memberships__staff_id=actor.staff_id)
