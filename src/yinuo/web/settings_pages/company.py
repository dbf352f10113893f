"""Who we are: the name customers read, our zone, our language, the domains of our own addresses."""

import re
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import Refusal
from yinuo.organisation.actions import NotADomain, OrganisationNameless, Ourselves, describe_organisation
from yinuo.organisation.models import Organisation
from yinuo.organisation.queries import ourselves

from .doors import done, put_refusal, settings_page, show

_NEAR = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Europe/London", "UTC")
_FIELD_OF = {OrganisationNameless: "name_zh", NotADomain: "domains"}


def _zones() -> list[tuple[Any, Any]]:
    rest = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [
        (gettext_lazy("Often chosen"), [(zone, zone) for zone in _NEAR]),
        (gettext_lazy("All zones"), [(zone, zone) for zone in rest if zone not in _NEAR]),
    ]


class CompanyForm(forms.Form):
    """What is said of the organisation; one name is enough."""

    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=120, required=False)
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Customers read it on their pages and in mails. One of the two is enough."),
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=_zones,
        initial=lambda: settings.TIME_ZONE,
        help_text=gettext_lazy("All times on pages and in mails are shown in it."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("zh-hans", "简体中文"), ("en", "English")],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("What new colleagues see first. Each person may choose another one."),
    )
    domains = forms.CharField(
        label=gettext_lazy("Own domains"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("What stands behind the @ of your own addresses, separated by commas."),
    )

    def ourselves(self) -> Ourselves:
        """Return what the action saves."""
        values = dict(self.cleaned_data)
        values["domains"] = tuple(one for one in re.split(r"[\s,，、;；]+", values["domains"]) if one)
        return Ourselves(**values)

    def save(self, *, by: Actor) -> Organisation | None:
        """Describe the organisation; a refusal stands beside its field, and None is returned."""
        try:
            return describe_organisation(ourselves=self.ourselves(), by=by, at=now())
        except Refusal as refusal:
            put_refusal(self, refusal, _FIELD_OF.get(type(refusal), "zone"))
            return None


def company_initial(organisation: Organisation | None, language: str) -> dict[str, Any]:
    """Return what the form shows first."""
    if organisation is None:
        return {"language": language}
    names = ("name_zh", "name_en", "zone", "language")
    return {name: getattr(organisation, name) for name in names} | {"domains": ", ".join(organisation.domains)}


@settings_page("organisation.edit", "GET", "POST")
def company(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show who we are; POST changes it."""
    if request.method == "GET":
        form = CompanyForm(initial=company_initial(ourselves(), settings.LANGUAGE_CODE))
        return show(request, actor, "company", {"form": form}, here="company")
    form = CompanyForm(request.POST)
    if form.is_valid() and form.save(by=actor):
        return done(request, _("Saved."), "settings_company")
    return show(request, actor, "company", {"form": form}, here="company", status=422)
