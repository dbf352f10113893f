"""A piece of a case asked of another team or of a colleague, with its own promise to the owner."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yinuo.access.actors import Actor
from yinuo.organisation.models import Staff, Team, TeamMembership

from .case import Case
from .conversation import Message


class TaskEnd(models.TextChoices):
    DONE = "done", pgettext_lazy("task", "Done")
    REFUSED = "refused", _("Turned down")
    WITHDRAWN = "withdrawn", _("Taken back")


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, actor: Actor) -> "TaskQuerySet":
        """Return the tasks of the cases this actor may know of; those asked of them are among these while open."""
        return self if actor.is_system else self.filter(case__in=Case.objects.visible_to(actor))

    def asked_of(self, actor: Actor) -> "TaskQuerySet":
        """Return what is asked of this person: of them by name, or of a team they are in."""
        teams = TeamMembership.objects.filter(staff_id=actor.staff_id).values("team_id")
        return self.filter(Q(assignee_id=actor.staff_id) | Q(team_id__in=teams))


class Task(models.Model):
    """What the owner of a case needs of others. The case stays theirs, and so does every promise to the customer.

    `team`: whose queue it stands in; `assignee`: who does it, once somebody has taken it or was asked by name.
    `due_at` repeats the time of its promise, by which lists go.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="tasks")
    assignee = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="tasks")
    needed = models.TextField(help_text="What is asked for.")
    is_blocking = models.BooleanField(help_text="The case cannot be closed before it is answered.")
    asked_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="tasks_asked")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    is_open = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True)
    end = models.CharField(max_length=10, choices=TaskEnd.choices, blank=True)
    answer = models.TextField(blank=True, help_text="What came of it, or why not.")
    note = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="+")

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=False) | Q(assignee__isnull=False), name="a_task_is_asked_of_somebody"
            ),
            models.CheckConstraint(
                condition=Q(is_open=True, ended_at=None, end="")
                | Q(is_open=False, ended_at__isnull=False) & ~Q(end=""),
                name="task_is_open_or_ended_in_one_way",
            ),
            models.CheckConstraint(condition=~Q(needed=""), name="a_task_says_what_is_needed"),
        ]
        indexes = [
            models.Index(fields=["team", "due_at", "id"], condition=Q(is_open=True), name="tasks_of_a_team"),
            models.Index(fields=["assignee", "due_at", "id"], condition=Q(is_open=True), name="tasks_of_a_person"),
            models.Index(fields=["asked_by", "due_at", "id"], condition=Q(is_open=True), name="tasks_asked_by"),
            models.Index(fields=["team", "-ended_at", "-id"], condition=Q(is_open=False), name="tasks_a_team_answered"),
        ]

    @property
    def asked_of(self) -> str:
        """Return whose turn it is, by name."""
        if self.assignee and self.team:
            return f"{self.assignee} · {self.team}"
        return str(self.assignee or self.team)
