"""What is written: drafts, answers that wait, canned ones. What is done to many cases. And links of walls.

Whatever was sent is a message of the case.
"""

import hashlib
from datetime import UTC

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, Incident, Message
from yinuo.organisation.models import Staff, Team, TeamMembership


class ReplyState(models.TextChoices):
    """Where an answer stands that was handed in. Nobody reads these words: the page says more."""

    WAITING = "waiting"
    SENT = "sent"
    TAKEN_BACK = "taken_back"
    FAILED = "failed"


class OutgoingReply(models.Model):
    """An answer whose author pressed Send. It becomes a message of its case at `send_at`, exactly once.

    `files`: an AttachmentDraft each, as a mapping; their bytes are stored. Once it is sent or taken back, text and
    files are empty here: they stand in the message or the draft.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outgoing_replies")
    author = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="outgoing_replies")
    text = models.TextField(blank=True)
    files = models.JSONField(default=list)
    close_as = models.CharField(max_length=40, blank=True, help_text="The outcome when the case closes with it.")
    waits = models.BooleanField(default=False, help_text="It is the customer's turn after it.")
    made_at = models.DateTimeField()
    send_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=ReplyState.choices, default=ReplyState.WAITING)
    ended_at = models.DateTimeField(null=True)
    message = models.OneToOneField(Message, null=True, on_delete=models.PROTECT, related_name="handed_in")
    reason = models.CharField(max_length=500, blank=True, help_text="Why it could not be sent, as its author reads it.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_reply_waits_until_it_ended",
                condition=Q(state="waiting", ended_at=None) | ~Q(state="waiting") & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_sent_reply_is_a_message",
                condition=Q(state="sent", message__isnull=False) | ~Q(state="sent") & Q(message=None),
            ),
            models.CheckConstraint(name="a_reply_waits_or_closes", condition=Q(waits=False) | Q(close_as="")),
        ]
        indexes = [
            models.Index(fields=["send_at", "id"], condition=Q(state="waiting"), name="replies_to_send"),
            models.Index(
                fields=["case", "id"], condition=Q(state__in=["waiting", "failed"]), name="replies_shown_in_a_case"
            ),
        ]


class DraftKind(models.TextChoices):
    """What it will become."""

    REPLY = "reply"
    NOTE = "note"


class Draft(models.Model):
    """What somebody has begun to write on a case, on whatever device. `files` as in OutgoingReply."""

    author = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="drafts")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=10, choices=DraftKind.choices)
    text = models.TextField(blank=True)
    files = models.JSONField(default=list)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "case", "kind"], name="one_draft_of_a_kind_per_author_and_case"),
            models.CheckConstraint(name="a_draft_holds_something", condition=~Q(text="", files=[])),
        ]

    @property
    def version(self) -> str:
        """Return what tells one saving from the next, for pages: the instant in UTC with its fraction."""
        return self.saved_at.astimezone(UTC).isoformat().replace("+00:00", "Z")


class CannedAnswerQuerySet(models.QuerySet["CannedAnswer"]):
    def visible_to(self, actor: Actor) -> "CannedAnswerQuerySet":
        """Return the actor's own, those of their teams and everybody's; whoever may share sees all that is shared."""
        shared = Q(owner=None, team=None)
        if actor.may("desk.share_answers"):
            shared = Q(owner=None)
        teams = TeamMembership.objects.filter(staff_id=actor.staff_id).values("team_id")
        return self.filter(shared | Q(owner_id=actor.staff_id) | Q(team__in=teams))


class CannedAnswer(models.Model):
    """A text sent again and again, with variables (`canned.VARIABLES`): a person's, a team's or everybody's.

    `shortcut`: what is typed behind the slash.
    """

    name = models.CharField(max_length=60)
    shortcut = models.CharField(max_length=20, blank=True)
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    owner = models.ForeignKey(Staff, null=True, on_delete=models.CASCADE, related_name="canned_answers")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="canned_answers")
    used_count = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=40)

    objects = CannedAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_canned_answer_has_a_text", condition=~Q(text_zh="", text_en="")),
            models.CheckConstraint(
                name="a_canned_answer_is_a_person_s_or_a_team_s", condition=Q(owner=None) | Q(team=None)
            ),
        ]
        indexes = [models.Index(fields=["-used_count", "name", "id"], name="canned_answers_most_used")]

    def __str__(self) -> str:
        return self.name

    def text_in(self, language: str) -> str:
        """Return the text in a language, or the one there is."""
        own, other = (self.text_zh, self.text_en) if language.startswith("zh") else (self.text_en, self.text_zh)
        return own or other


class WallTheme(models.TextChoices):
    """In which light a wall hangs."""

    SYSTEM = "system", _("Like the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class WallLink(models.Model):
    """A link by which a big screen shows some teams' wall without anybody being signed in; it shows nothing else.

    Only the hash of the token in its address is kept. It works until it is taken down.
    """

    name = models.CharField(max_length=120, help_text="Where the screen hangs.")
    digest = models.BinaryField(max_length=32, unique=True)
    teams = models.ManyToManyField(Team, related_name="walls")
    language = models.CharField(max_length=10)
    theme = models.CharField(max_length=10, choices=WallTheme.choices, default=WallTheme.SYSTEM)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="walls")
    last_seen_at = models.DateTimeField(null=True)
    taken_down_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(token: str) -> bytes:
        return hashlib.sha256(token.encode()).digest()


class BulkAct(models.TextChoices):
    """What can be done to many cases at once; each is the act of the same name on one."""

    OWNER = "owner", _("Change owner")
    NOTE = "note", _("Add a note")
    CLOSE = "close", _("Close case")
    REOPEN = "reopen", _("Reopen")
    BROADCAST = "broadcast", _("Tell every customer")


class BulkRunQuerySet(models.QuerySet["BulkRun"]):
    def visible_to(self, actor: Actor) -> "BulkRunQuerySet":
        """Return the runs of this person; the system sees all."""
        return self if actor.is_system else self.filter(staff_id=actor.staff_id)

    def unfinished(self) -> "BulkRunQuerySet":
        return self.filter(finished_at=None)


class BulkRun(models.Model):
    """One act on many cases, and how it went with each of them: its rows.

    text: the note, the summary of the closure, the words to customers, or the reason.
    due_at: from when on a worker carries it on; one that
    is short is carried out by whoever began it, and the worker only does what they left.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="bulk_runs")
    act = models.CharField(max_length=10, choices=BulkAct.choices)
    new_owner = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    text_en = models.TextField(
        blank=True, db_default="", help_text="The same words in English, for customers whose language that is."
    )
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="broadcasts")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_new_owner_is_named_when_the_owner_changes",
                condition=Q(act="owner", new_owner__isnull=False) | ~Q(act="owner") & Q(new_owner=None),
            ),
            models.CheckConstraint(
                name="an_outcome_is_said_when_cases_are_closed",
                condition=Q(act="close") & ~Q(outcome="")
                | Q(act="broadcast")
                | ~Q(act__in=["close", "broadcast"]) & Q(outcome=""),
            ),
            models.CheckConstraint(
                name="words_to_every_customer_belong_to_an_incident",
                condition=Q(act="broadcast", incident__isnull=False) | ~Q(act="broadcast") & Q(incident=None),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(finished_at=None), name="bulk_runs_to_carry_on"),
            models.Index(fields=["staff", "-id"], name="bulk_runs_of_somebody"),
        ]


class BulkState(models.TextChoices):
    WAITING = "waiting", _("Still to do")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Went wrong")
    CANCELLED = "cancelled", _("Cancelled")


class BulkRow(models.Model):
    """One case of a run: waiting, or how it ended. sentence: the refusal, as whoever began the run reads it."""

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="bulk_rows")
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=BulkState.choices, default=BulkState.WAITING)
    code = models.CharField(max_length=60, blank=True)
    sentence = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "case"], name="a_case_once_in_a_run"),
            models.UniqueConstraint(fields=["run", "position"], name="one_case_at_a_place_of_a_run"),
            models.CheckConstraint(
                name="a_case_of_a_run_waits_until_it_ended",
                condition=Q(state="waiting", ended_at=None) | ~Q(state="waiting") & Q(ended_at__isnull=False),
            ),
        ]


class Typing(models.TextChoices):
    """What somebody is writing in a case. Nobody reads these words: the page says more."""

    REPLY = "reply"
    NOTE = "note"


class Watching(models.Model):
    """Somebody has a case open just now, and perhaps types in it. Old within a minute, and worth nothing after a crash.

    The table is unlogged: it costs no log of the database, and is empty after one.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="watching")
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="watching")
    seen_at = models.DateTimeField()
    typing = models.CharField(max_length=5, choices=Typing.choices, blank=True)
    typing_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "staff"], name="somebody_is_once_in_a_case"),
            models.CheckConstraint(
                name="who_types_says_what_and_since_when",
                condition=Q(typing="", typing_at=None) | ~Q(typing="") & Q(typing_at__isnull=False),
            ),
        ]
