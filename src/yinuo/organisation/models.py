"""Who we are, regions, departments, teams, posts, and people with skills, shifts, presence and saved views."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yinuo.access.actors import Actor
from yinuo.access.models import Account
from yinuo.foundation.bilingual import Named
from yinuo.foundation.models import Calendar


class Organisation(models.Model):
    """Who we are to our customers: one row. They read its name on their pages and in mails.

    `zone` is where our days begin; `language` what we write when somebody has chosen none; `domains` those of our
    own mail addresses, lower case.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    zone = models.CharField(max_length=60)
    language = models.CharField(max_length=10, default="zh-hans")
    domains = ArrayField(models.CharField(max_length=253), default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_organisation"),
            models.CheckConstraint(
                condition=~models.Q(name_zh="") & ~models.Q(name_en="") & ~models.Q(zone=""),
                name="an_organisation_has_names_and_a_zone",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the language of the person who looks."""
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class Region(Named):
    """A part of the country, or a subsidiary, that serves its own customers."""


class Department(Named):
    """A department; departments form a tree."""

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")


class Post(Named):
    """A position with its duties and work standard."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="posts")
    duties = models.TextField(blank=True)


class Team(Named):
    """People who work one queue together.

    `is_fallback`: the team for what no other team has. `is_coordination`: the centre that decides who owns a case when
    teams cannot agree; while no team is, the fallback team is it.
    """

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="teams")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="teams")
    calendar = models.ForeignKey(Calendar, null=True, blank=True, on_delete=models.PROTECT)
    is_fallback = models.BooleanField(default=False)
    is_coordination = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_fallback"], condition=models.Q(is_fallback=True), name="one_fallback_team"
            ),
            models.UniqueConstraint(
                fields=["is_coordination"], condition=models.Q(is_coordination=True), name="one_coordination_centre"
            ),
        ]


class Skill(Named):
    """Something a person can do, at a level from 1 to 5."""


class Presence(models.TextChoices):
    """An explicit state; an open tab or a sleeping phone does not change it."""

    AVAILABLE = "available", _("Available")
    BUSY = "busy", _("Busy")
    AWAY = "away", _("Away")
    OFFLINE = "offline", _("Offline")


class PresenceReason(models.TextChoices):
    """Why somebody else said a person's presence; a code, because no words about people stand in the log."""

    SHIFT_OVER = "shift_over", _("The shift is over")
    NOT_REACHABLE = "not_reachable", _("Cannot be reached")
    ASKED = "asked", _("Asked me to")


class StaffQuerySet(models.QuerySet["Staff"]):
    def visible_to(self, actor: Actor) -> "StaffQuerySet":
        """Return the staff this actor may know of: all for staff with a role that sees the organisation.

        Partners and others without that role see themselves only; customers nobody.
        """
        if actor.is_system or actor.may("organisation.view"):
            return self
        return self.filter(pk=actor.staff_id) if actor.staff_id else self.none()

    def working(self) -> "StaffQuerySet":
        """Return those who have not left."""
        return self.filter(left_at=None)


class Staff(models.Model):
    """A member of staff; the id is that of the account."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.PROTECT, related_name="staff")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True, help_text="What customers read beside the name.")
    employee_number = models.CharField(max_length=40, blank=True)
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="staff")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="staff")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="staff")
    level = models.PositiveSmallIntegerField(default=1)
    languages = ArrayField(models.CharField(max_length=10), default=list)
    capacity = models.PositiveSmallIntegerField(default=20, help_text="Running cases at a time.")
    presence = models.CharField(max_length=20, choices=Presence.choices, default=Presence.OFFLINE)
    presence_since = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    teams: "models.ManyToManyField[Team, TeamMembership]" = models.ManyToManyField(
        Team, through="TeamMembership", related_name="staff"
    )

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "staff"

    def __str__(self) -> str:
        return self.name


class TeamMembership(models.Model):
    """Somebody belongs to a team, perhaps leads it."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    is_leader = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "team"], name="once_in_a_team")]


class StaffSkill(models.Model):
    """Somebody has a skill at a level."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="staff")
    level = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "skill"], name="a_skill_once_per_person"),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=5), name="skill_level_is_one_to_five"),
        ]


class Shift(models.Model):
    """Somebody works from one instant to another; shifts of one person never overlap."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="shifts")
    during = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="shifts_of_a_person_do_not_overlap",
                expressions=[("staff", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, actor: Actor) -> "SavedViewQuerySet":
        """Return this person's own views and those shared with a team they are in; the system sees all."""
        if actor.is_system:
            return self
        if actor.staff_id is None:
            return self.none()
        teams = TeamMembership.objects.filter(staff_id=actor.staff_id).values("team_id")
        return self.filter(models.Q(owner_id=actor.staff_id) | models.Q(team_id__in=teams))


class SavedView(models.Model):
    """A list as somebody wants to find it again. Without a team it is its owner's alone."""

    owner = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="saved_views")
    place = models.CharField(max_length=40, help_text='Which list: "queue", "cases", "customers".')
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000, blank=True, help_text="What stands behind the ? of the list's address.")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="saved_views")
    position = models.PositiveIntegerField(default=0, help_text="Among the views its owner has of this list.")
    saved_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "place", "name"], name="one_view_of_a_name_per_owner_and_list"),
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(place=""), name="a_saved_view_has_a_name_and_a_list"
            ),
        ]

    def __str__(self) -> str:
        return self.name
