"""Organisations that buy from us."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.customers import rules
from yinuo.customers.facts import CompanyAdded, CompanyChanged
from yinuo.customers.models import Company
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import Refusal
from yinuo.organisation.models import Region


class CompanyKnown(Refusal):
    code = "customers.company_known"

    def sentence(self) -> str:
        return _("There is already a company with the registration number %(number)s. Use that one.") % self.details


@transaction.atomic
def add_company(
    *, name: str, registration_number: str = "", region: Region | None = None, by: Actor, at: datetime
) -> Company:
    """Store an organisation. Refuses with NameMissing, CompanyKnown. Announces CompanyAdded."""
    by.require("customers.edit")
    company = Company(name=rules.clean_name(name), registration_number=registration_number.strip(), region=region)
    _check_number(company)
    company.save()
    announce(CompanyAdded(company_id=company.pk), by=by, at=at)
    return company


@transaction.atomic
def change_company(
    *, company: Company, name: str, registration_number: str, region: Region | None, by: Actor, at: datetime
) -> Company:
    """Change what we know of an organisation. Refuses with NameMissing, CompanyKnown. Announces CompanyChanged."""
    by.require("customers.edit")
    row = Company.objects.select_for_update().get(pk=company.pk)
    wanted = {
        "name": rules.clean_name(name),
        "registration_number": registration_number.strip(),
        "region_id": region.pk if region else None,
    }
    changed = [field for field, value in wanted.items() if getattr(row, field) != value]
    if not changed:
        return row
    for field in changed:
        setattr(row, field, wanted[field])
    _check_number(row)
    row.save(update_fields=changed)
    fields = [field.removesuffix("_id") for field in changed]
    announce(CompanyChanged(company_id=row.pk, fields=fields), by=by, at=at)
    return row


def _check_number(company: Company) -> None:
    number = company.registration_number
    if number and Company.objects.filter(registration_number=number).exclude(pk=company.pk).exists():
        raise CompanyKnown(number=number)
