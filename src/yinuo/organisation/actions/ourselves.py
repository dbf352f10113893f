"""Who we are: the name customers read, the zone our days begin in, the language we write, our own domains."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import Refusal
from yinuo.organisation.facts import OrganisationDescribed
from yinuo.organisation.models import Organisation

_DOMAIN = re.compile(r"(?=.{3,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


@dataclass(frozen=True)
class Ourselves:
    """What is said of the organisation. A name left empty is that in the other language; domains without `@`."""

    name_zh: str
    name_en: str
    zone: str
    language: str = "zh-hans"
    domains: tuple[str, ...] = ()


class OrganisationNameless(Refusal):
    code = "organisation.nameless"
    status = 422

    def sentence(self) -> str:
        return _("Customers must know whom they are talking to. Fill in the name in at least one language.")


class UnknownZone(Refusal):
    code = "organisation.unknown_zone"
    status = 422

    def sentence(self) -> str:
        return _("%(zone)s is not a time zone or %(language)s not a language. Choose from the lists.") % self.details


class NotADomain(Refusal):
    code = "organisation.not_a_domain"
    status = 422

    def sentence(self) -> str:
        return _("%(domain)s is not a domain. Write it as it stands behind the @ of your addresses.") % self.details


@transaction.atomic
def describe_organisation(*, ourselves: Ourselves, by: Actor, at: datetime) -> Organisation:
    """Say who we are; the same again changes nothing.

    Refuses with NotAllowed, OrganisationNameless, UnknownZone, NotADomain. Announces OrganisationDescribed.
    """
    by.require("organisation.edit")
    values = _values(ourselves)
    row = Organisation.objects.select_for_update().first()
    changed = [name for name, value in values.items() if row is None or getattr(row, name) != value]
    if row is not None and not changed:
        return row
    saved, _is_new = Organisation.objects.update_or_create(pk=1, defaults=values)
    announce(OrganisationDescribed(fields=changed), by=by, at=at)
    return saved


def _values(ourselves: Ourselves) -> dict[str, object]:
    name_zh, name_en = " ".join(ourselves.name_zh.split()), " ".join(ourselves.name_en.split())
    if not (name_zh or name_en):
        raise OrganisationNameless
    if ourselves.zone not in available_timezones() or ourselves.language not in dict(settings.LANGUAGES):
        raise UnknownZone(zone=ourselves.zone, language=ourselves.language)
    domains = [domain.strip().lower().removeprefix("@").rstrip(".") for domain in ourselves.domains]
    for domain in domains:
        if not _DOMAIN.fullmatch(domain):
            raise NotADomain(domain=domain)
    names = {"name_zh": name_zh or name_en, "name_en": name_en or name_zh}
    return asdict(ourselves) | names | {"domains": list(dict.fromkeys(domains))}
