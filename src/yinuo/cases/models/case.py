"""The case. The database itself refuses an open case without an owner or a live promise."""

from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yinuo.access.actors import Actor
from yinuo.access.scopes import within_scopes
from yinuo.customers.models import Customer
from yinuo.foundation.words import Pairs
from yinuo.organisation.models import Department, Region, Staff, Team, TeamMembership
from yinuo.standards.models import CaseClass, StandardVersion


class Channel(models.TextChoices):
    """By which road something reached us."""

    MAIL = "mail", _("Mail")
    FORM = "form", _("Web form")
    PORTAL = "portal", _("Portal")
    PHONE = "phone", pgettext_lazy("channel", "Phone")
    COUNTER = "counter", _("Store visit")
    API = "api", _("Partner system")


class CaseState(models.TextChoices):
    """Solved: ended as we see it, and the customer may still say no. Closed: ended for good."""

    OPEN = "open", _("Open")
    SOLVED = "solved", pgettext_lazy("state of a case", "Solved")
    CLOSED = "closed", _("Closed")


# The states of a case that ended; in this order in the indexes of those cases.
ENDED = (CaseState.SOLVED, CaseState.CLOSED)


# What the queue is ordered by: a broken promise that nobody has made good comes before any that still runs, and whoever
# has their answer comes after all who wait for one.
URGENCY = Coalesce("broken_since", "next_due_at")
UNANSWERED_SINCE = Coalesce("unanswered_since", models.Value(datetime(9999, 12, 31, tzinfo=UTC)))


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, actor: Actor) -> "CaseQuerySet":
        """Return the cases this actor may know of.

        The system sees all; a customer their own; staff those they may work on, and those on which a task is asked of
        them or of their team, while it is open.
        """
        if actor.is_system or actor.customer_id or not actor.may("cases.view"):
            return self.workable_by(actor)
        inside = limits_of(actor)
        # Without any limit the filter is empty, and nothing of their own need be looked for.
        return self.filter(inside | Q(pk__in=tasked_case_ids(actor.staff_id))) if inside else self

    def workable_by(self, actor: Actor) -> "CaseQuerySet":
        """Return the cases on which this actor may do what their role allows.

        Of staff those inside their scopes, those they own and those that are offered to them or to their team; of a
        partner only those they own. A task lets somebody read a case and answer the task, and no more.
        """
        if actor.is_system:
            return self
        if actor.customer_id:
            return self.filter(customer_id=actor.customer_id)
        if not actor.may("cases.view"):
            return self.none()
        inside = limits_of(actor)
        return self.filter(inside) if inside else self

    def open(self) -> "CaseQuerySet":
        return self.filter(state=CaseState.OPEN)

    def ended(self) -> "CaseQuerySet":
        """Return the solved and the closed ones, in the way their indexes are made for."""
        return self.filter(state__in=ENDED)


def limits_of(actor: Actor) -> Q:
    """Return the filter for the cases a member of staff may work on; empty when that is all of them."""
    own = Q(owner_id=actor.staff_id)
    if actor.roles <= {"partner"}:
        return own
    inside = within_scopes(actor, "cases.view", department="department_id", region="region_id", tier="tier")
    if not inside:
        return inside
    return inside | own | Q(pk__in=offered_case_ids(actor.staff_id)) | held_for(actor.staff_id)


def held_for(staff_id: int | None) -> Q:
    """Return the filter for the cases that wait for the centre somebody is in to decide, wherever they come from."""
    centre = Team.objects.filter(Q(is_coordination=True) | Q(is_fallback=True)).order_by("-is_coordination")
    member = TeamMembership.objects.filter(staff_id=staff_id, team_id__in=centre.values("pk")[:1])
    return Q(held_since__isnull=False) & Q(models.Exists(member))


def tasked_case_ids(staff_id: int | None) -> "models.QuerySet[Any, Any]":
    """Return the ids of the cases on which an open task is asked of somebody or of a team they are in."""
    teams = TeamMembership.objects.filter(staff_id=staff_id).values("team_id")
    of_them = Q(assignee_id=staff_id) | Q(team_id__in=teams)
    return apps.get_model("cases", "Task").objects.filter(of_them, is_open=True).values("case_id")


def offered_case_ids(staff_id: int | None) -> "models.QuerySet[Any, Any]":
    """Return the ids of the cases that are offered to somebody or to a team they are in."""
    teams = TeamMembership.objects.filter(staff_id=staff_id).values("team_id")
    to_them = Q(to_staff_id=staff_id) | Q(to_team_id__in=teams)
    # By name: the module of handoffs needs this one.
    return apps.get_model("cases", "Handoff").objects.filter(to_them, is_open=True).values("case_id")


class Case(models.Model):
    """One customer need, one owner, one promise.

    `next_due_at` repeats the due instant of the live promise that comes first; a foreign key over
    (promise, case, live, due) makes it impossible for the two to differ. See `cases/README.md`.
    """

    reference = models.CharField(max_length=24, unique=True)
    subject = models.CharField(max_length=998)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="cases")
    owner = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="owned_cases")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="cases")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="cases")
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="cases")
    tier = models.CharField(max_length=20)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    case_class = models.CharField(max_length=20, choices=CaseClass.choices)
    category = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=CaseState.choices)
    standard_version = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="cases")
    standard_reason = models.CharField(max_length=300)
    next_promise_id = models.BigIntegerField(null=True)
    next_due_at = models.DateTimeField(null=True)
    has_live_promise = models.BooleanField(null=True, help_text="True while open, null when closed: part of the key.")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, help_text="When it was last solved; null while open.")
    first_solved_at = models.DateTimeField(
        null=True, help_text="When it was first solved; a reopening changes nothing."
    )
    settles_at = models.DateTimeField(null=True, help_text="When a solved case closes for good; null: only by a word.")
    settled_at = models.DateTimeField(null=True, help_text="When it closed for good.")
    answered_at = models.DateTimeField(null=True, help_text="The first public answer by a person.")
    unanswered_since = models.DateTimeField(null=True, help_text="The oldest customer message without an answer.")
    waiting_since = models.DateTimeField(
        null=True, help_text="Since when the case waits for the customer: an answer said that it is their turn."
    )
    broken_since = models.DateTimeField(
        null=True, help_text="When the first promise was broken that no answer has made good since."
    )
    last_message_at = models.DateTimeField()
    message_count = models.PositiveIntegerField(default=0)
    preview = models.CharField(max_length=200, blank=True, help_text="How the last message begins.")
    track_token = models.CharField(max_length=40, unique=True)
    handoff_count = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How often the case has got another owner."
    )
    offered_until = models.DateTimeField(null=True, help_text="Until when an open offer of the case can be accepted.")
    held_since = models.DateTimeField(null=True, help_text="Since when the coordination centre has to name the owner.")
    blocking_task_count = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Open tasks of others without which the case cannot be closed."
    )
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    merged_into = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="absorbed",
        db_index=False,
        help_text="The living case to which this number leads; never one that was merged itself.",
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="open_case_has_owner_and_live_promise",
                condition=Q(state__in=["solved", "closed"], next_promise_id=None, next_due_at=None)
                & Q(has_live_promise=None, closed_at__isnull=False)
                | Q(state="open", owner__isnull=False, next_promise_id__isnull=False, next_due_at__isnull=False)
                & Q(has_live_promise=True, closed_at=None),
            ),
            models.CheckConstraint(
                name="only_an_open_case_waits_for_the_customer", condition=Q(waiting_since=None) | Q(state="open")
            ),
            models.CheckConstraint(
                name="only_a_closed_case_is_settled",
                condition=Q(state="closed", settled_at__isnull=False) | ~Q(state="closed") & Q(settled_at=None),
            ),
            models.CheckConstraint(
                name="only_a_solved_case_waits_to_close", condition=Q(settles_at=None) | Q(state="solved")
            ),
            models.CheckConstraint(
                name="closed_case_has_no_promise_to_make_good",
                condition=Q(state="open") | Q(broken_since=None),
            ),
            models.CheckConstraint(
                name="only_an_open_case_is_offered_or_held",
                condition=Q(state="open") | Q(offered_until=None, held_since=None),
            ),
            models.CheckConstraint(name="a_merged_case_is_closed", condition=Q(merged_into=None) | Q(state="closed")),
        ]
        indexes = [
            models.Index(fields=["next_due_at", "id"], condition=Q(state="open"), name="cases_queue"),
            # One for each way to order the queue; the views narrow what these give.
            models.Index(URGENCY, "id", condition=Q(state="open"), name="cases_urgent"),
            models.Index("owner", URGENCY, "id", condition=Q(state="open"), name="cases_urgent_of_owner"),
            models.Index("team", URGENCY, "id", condition=Q(state="open"), name="cases_urgent_of_team"),
            models.Index("channel", URGENCY, "id", condition=Q(state="open"), name="cases_urgent_of_channel"),
            models.Index(UNANSWERED_SINCE, "id", condition=Q(state="open"), name="cases_longest_unanswered"),
            models.Index(fields=["-last_message_at", "-id"], condition=Q(state="open"), name="cases_newest_message"),
            models.Index(fields=["-opened_at", "-id"], condition=Q(state="open"), name="cases_newest_open"),
            models.Index(
                fields=["-closed_at", "-id"], condition=Q(state__in=["solved", "closed"]), name="cases_newest_ended"
            ),
            models.Index(
                fields=["channel", "-closed_at", "-id"],
                condition=Q(state__in=["solved", "closed"]),
                name="cases_ended_of_channel",
            ),
            models.Index(fields=["customer", "-opened_at"], name="cases_of_customer"),
            models.Index(fields=["-opened_at", "-id"], name="cases_newest_first"),
            models.Index(fields=["next_due_at", "id"], name="cases_by_due_time"),
            models.Index(fields=["closed_at", "id"], name="cases_by_closing"),
            models.Index(fields=["last_message_at", "id"], name="cases_by_last_message"),
            GinIndex(fields=["subject"], opclasses=["gin_trgm_ops"], name="cases_subject_words"),
            # The team board counts without touching the table: by team and owner, within somebody's scopes.
            models.Index(
                fields=["team", "owner"],
                include=[
                    "id",
                    "department",
                    "region",
                    "tier",
                    "next_due_at",
                    "broken_since",
                    "unanswered_since",
                    "waiting_since",
                ],
                condition=Q(state="open"),
                name="cases_carried_by_team_and_owner",
            ),
            models.Index(
                fields=["team", "unanswered_since", "id"],
                condition=Q(state="open", unanswered_since__isnull=False),
                name="cases_unanswered_of_team",
            ),
            models.Index(fields=["team", "opened_at"], name="cases_opened_of_team"),
            models.Index(
                fields=["team", "closed_at"], condition=Q(state__in=["solved", "closed"]), name="cases_ended_of_team"
            ),
            models.Index(fields=["settles_at", "id"], condition=Q(settles_at__isnull=False), name="cases_to_settle"),
            GinIndex(Pairs("subject"), name="cases_subject_pairs"),
            models.Index(
                fields=["team", "-handoff_count"],
                condition=Q(state="open", handoff_count__gte=1),
                name="cases_moved_of_team",
            ),
            models.Index(
                fields=["next_due_at", "id"],
                condition=Q(state="open", blocking_task_count__gte=1),
                name="cases_waiting_for_tasks",
            ),
            models.Index(fields=["held_since", "id"], condition=Q(held_since__isnull=False), name="cases_held"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="cases_merged_into"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.subject}"

    @property
    def is_open(self) -> bool:
        return self.state == CaseState.OPEN
