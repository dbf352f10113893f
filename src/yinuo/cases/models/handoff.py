"""A case offered to somebody else, the limits of that, and what the coordination centre decides."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yinuo.organisation.models import Staff, Team

from .case import Case


class HandoffLimits(models.Model):
    """How long an offer waits for its answer, and how often a case may move before the centre decides.

    Versions: the newest holds; none is ever changed. An offer keeps the version it was made under.
    """

    number = models.PositiveIntegerField(unique=True)
    answer_minutes = models.PositiveSmallIntegerField(help_text="Open time of the one it is offered to.")
    most_accepted = models.PositiveSmallIntegerField(help_text="How often a case may be handed over in all.")
    most_offered = models.PositiveSmallIntegerField(help_text="How often a case may be offered in all.")
    return_days = models.PositiveSmallIntegerField(
        help_text="Who owned the case within so many days is not offered it again by an agent."
    )
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_minutes__gte=1, most_accepted__gte=1, most_offered__gte=1),
                name="handoff_limits_leave_room_for_one",
            )
        ]


class HandoffEnd(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Turned down")
    TIMED_OUT = "timed_out", _("Not answered in time")
    WITHDRAWN = "withdrawn", _("Taken back")
    DECIDED = "decided", _("Decided by the coordination centre")


class Handoff(models.Model):
    """An offer of a case to a person or a team. Until somebody accepts, the giver stays accountable."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="handoffs")
    giver = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="handoffs_given")
    to_staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="handoffs_received")
    to_team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="handoffs_received")
    reason = models.CharField(max_length=300)
    offered_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    by = models.CharField(max_length=40)
    limits = models.ForeignKey(HandoffLimits, on_delete=models.PROTECT, related_name="handoffs")
    is_open = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=HandoffEnd.choices, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)
    answer = models.CharField(max_length=300, blank=True, help_text="Why it was refused.")
    taker = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="handoffs_taken")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(is_open=True), name="one_open_handoff_of_a_case"),
            models.CheckConstraint(
                condition=Q(to_staff=None, to_team__isnull=False) | Q(to_staff__isnull=False, to_team=None),
                name="handoff_is_offered_to_a_person_or_a_team",
            ),
            models.CheckConstraint(
                condition=Q(is_open=True, ended_at=None, end="", taker=None)
                | Q(is_open=False, ended_at__isnull=False, end="accepted", taker__isnull=False)
                | Q(is_open=False, ended_at__isnull=False, end="refused", taker=None) & ~Q(answer="")
                | Q(is_open=False, ended_at__isnull=False, end__in=["timed_out", "withdrawn", "decided"], taker=None),
                name="handoff_is_open_or_ended_in_one_way",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="handoff_says_why"),
        ]
        indexes = [
            models.Index(fields=["answer_by", "id"], condition=Q(is_open=True), name="handoffs_to_time_out"),
            models.Index(fields=["to_staff"], condition=Q(is_open=True), name="handoffs_offered_to_staff"),
            models.Index(fields=["to_team"], condition=Q(is_open=True), name="handoffs_offered_to_team"),
        ]


class DecisionCause(models.TextChoices):
    TOO_OFTEN = "too_often", _("Handed over too often")
    TO_AND_FRO = "to_and_fro", _("Offered back to somebody who had it")
    ASKED = "asked", _("The centre decided by itself")


class OwnerDecision(models.Model):
    """Who owns a case that went to and fro, why, and by when that is looked at again: the centre's word.

    Open from the moment the case is stopped until the centre decides or the case is closed.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="owner_decisions")
    cause = models.CharField(max_length=12, choices=DecisionCause.choices)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    question = models.CharField(max_length=300, help_text="Why the last owner wanted to hand it over.")
    is_open = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)
    owner = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="decided_cases")
    reason = models.CharField(max_length=300, blank=True)
    review_on = models.DateField(null=True)
    review_at = models.DateTimeField(null=True, help_text="When that day begins for the house.")
    reviewed_at = models.DateTimeField(null=True, help_text="When the centre was reminded.")
    by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(is_open=True), name="one_open_decision_of_a_case"),
            models.CheckConstraint(
                condition=Q(is_open=True, ended_at=None, owner=None, review_at=None)
                | Q(is_open=False, ended_at__isnull=False, owner=None, review_at=None)
                | Q(is_open=False, ended_at__isnull=False, owner__isnull=False)
                & Q(review_on__isnull=False, review_at__isnull=False)
                & ~Q(reason=""),
                name="decision_names_an_owner_why_and_until_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_at", "id"],
                condition=Q(review_at__isnull=False, reviewed_at=None),
                name="decisions_to_review",
            ),
        ]
