"""What is asked about a member of staff: the person, the account, roles and their limits, teams, skills."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy

from yinuo.access.roles import Role
from yinuo.customers.models import Tier
from yinuo.organisation.actions import StaffDetails
from yinuo.organisation.models import Department, Post, Region, Skill, Staff, Team

_ROLES = [choice for choice in Role.choices if choice[0] != Role.CUSTOMER]
_NO_LIMIT = gettext_lazy("no limit")


class PersonForm(forms.Form):
    """What we know of somebody who works here."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=120, required=False, help_text=gettext_lazy("Customers read it.")
    )
    employee_number = forms.CharField(label=gettext_lazy("Employee number"), max_length=40, required=False)
    department = forms.ModelChoiceField(Department.objects.order_by("code"), label=gettext_lazy("Department"))
    region = forms.ModelChoiceField(Region.objects.order_by("code"), label=gettext_lazy("Region"), required=False)
    post = forms.ModelChoiceField(Post.objects.order_by("code"), label=gettext_lazy("Post"), required=False)
    level = forms.IntegerField(label=gettext_lazy("Level, 1 to 5"), min_value=1, max_value=5, initial=1)
    capacity = forms.IntegerField(
        label=gettext_lazy("Running cases at a time"), min_value=0, max_value=1000, initial=20
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        initial=["zh-hans"],
    )

    def details(self) -> StaffDetails:
        """Return what the action saves."""
        values = {name: self.cleaned_data[name] for name in StaffDetails.__dataclass_fields__}
        return StaffDetails(**values | {"languages": tuple(values["languages"])})


class GrantForm(forms.Form):
    """One role with its limits."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=_ROLES)
    limit_department = forms.ModelChoiceField(
        Department.objects.order_by("code"),
        label=gettext_lazy("Only this department"),
        required=False,
        empty_label=_NO_LIMIT,
    )
    limit_region = forms.ModelChoiceField(
        Region.objects.order_by("code"), label=gettext_lazy("Only this region"), required=False, empty_label=_NO_LIMIT
    )
    limit_tier = forms.ChoiceField(
        label=gettext_lazy("Only this tier"), choices=[("", _NO_LIMIT), *Tier.choices], required=False
    )

    def scope(self) -> dict[str, Any]:
        """Return the limits as the action takes them; None is no limit."""
        values = self.cleaned_data
        department, region = values["limit_department"], values["limit_region"]
        return {
            "department_id": department.pk if department else None,
            "region_id": region.pk if region else None,
            "tier": values["limit_tier"] or None,
        }


class NewPersonForm(GrantForm, PersonForm):
    """Somebody new: the account, the first role and the teams besides."""

    username = forms.SlugField(
        label=gettext_lazy("Sign-in name"), max_length=60, help_text=gettext_lazy("Letters, digits, hyphens.")
    )
    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254, required=False)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Leave it empty when they sign in by the company's own sign-in."),
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.order_by("code"),
        label=gettext_lazy("Teams"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password)
        return password


class MembershipForm(forms.Form):
    """A place in a team."""

    team = forms.ModelChoiceField(Team.objects.order_by("code"), label=gettext_lazy("Team"))
    is_leader = forms.BooleanField(label=gettext_lazy("Leads it"), required=False)


class SkillsForm(forms.Form):
    """A level for each skill; empty for what somebody cannot do."""

    def __init__(self, *given: Any, staff: Staff, **more: Any) -> None:
        super().__init__(*given, **more)
        levels = dict(staff.skills.values_list("skill_id", "level"))
        self.skills = list(Skill.objects.order_by("code"))
        for skill in self.skills:
            self.fields[f"skill_{skill.pk}"] = forms.TypedChoiceField(
                label=skill.name,
                choices=[("", "—"), *((level, level) for level in range(1, 6))],
                coerce=int,
                empty_value=None,
                required=False,
                initial=levels.get(skill.pk, ""),
            )

    def levels(self) -> dict[Skill, int]:
        """Return the level of each skill that somebody has."""
        given = {skill: self.cleaned_data[f"skill_{skill.pk}"] for skill in self.skills}
        return {skill: level for skill, level in given.items() if level is not None}


class SearchForm(forms.Form):
    """Whom to show; what is left empty lets everybody pass."""

    q = forms.CharField(label=gettext_lazy("Name or sign-in name"), max_length=120, required=False)
    team = forms.ModelChoiceField(
        Team.objects.order_by("code"), label=gettext_lazy("Team"), required=False, empty_label=gettext_lazy("all")
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[("", gettext_lazy("all")), *_ROLES], required=False)
    gone = forms.BooleanField(label=gettext_lazy("Those who left"), required=False)


def details_initial(staff: Staff) -> dict[str, Any]:
    """Return what the form shows of somebody."""
    return {name: getattr(staff, name) for name in StaffDetails.__dataclass_fields__}
