"""Notifications of staff, with ids and numbers only; what was told already; what each person wants to be told how."""

from django.db import models
from django.db.models import Q

from yinuo.access.actors import Actor
from yinuo.access.encryption import EncryptedTextField
from yinuo.organisation.models import Staff

from .kinds import kind_called, kinds_for, known_subjects


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, actor: Actor) -> "NotificationQuerySet":
        """Return a person's own notifications about things they may know of, of kinds they can be told of."""
        if actor.staff_id is None or not actor.may("notifications.view"):
            return self.none()
        about = Q(pk__in=[])
        for subject in known_subjects():
            about |= Q(subject_type=subject.name, subject_id__in=subject.visible(actor))
        return self.filter(about, staff_id=actor.staff_id, kind__in=[kind.code for kind in kinds_for(actor)])

    def in_centre(self) -> "NotificationQuerySet":
        return self.filter(in_app=True)

    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)


class Notification(models.Model):
    """Somebody is told of something. Events of one kind about one thing stand in one row until it is read.

    `count`: how many events. `at`: of the newest. `moment`: an instant it speaks of, such as when a promise falls due.
    `actor`: the key of who did the newest. `push_after`: null when no push is wanted.
    """

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    at = models.DateTimeField()
    moment = models.DateTimeField(null=True)
    actor = models.CharField(max_length=40, blank=True)
    in_app = models.BooleanField()
    in_digest = models.BooleanField()
    push_after = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "kind", "subject_type", "subject_id"],
                condition=Q(read_at=None),
                name="one_unread_notification_of_a_kind_about_a_thing",
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="a_notification_is_of_something"),
            models.CheckConstraint(condition=Q(first_at__lte=models.F("at")), name="a_notification_grows_forwards"),
        ]
        indexes = [
            models.Index(fields=["staff", "-at", "-id"], condition=Q(in_app=True), name="notifications_of_staff"),
            models.Index(
                fields=["staff", "kind", "-at", "-id"], condition=Q(in_app=True), name="notifications_of_a_kind"
            ),
            models.Index(
                fields=["staff", "-at", "-id"], condition=Q(in_app=True, read_at=None), name="notifications_unread"
            ),
            models.Index(
                fields=["push_after", "id"], condition=Q(push_after__isnull=False), name="notifications_to_push"
            ),
            models.Index(fields=["read_at"], condition=Q(read_at__isnull=False), name="notifications_read_by_time"),
            models.Index(fields=["at"], condition=Q(read_at=None), name="notifications_unread_by_time"),
        ]

    @property
    def is_urgent(self) -> bool:
        return kind_called(self.kind).is_urgent

    @property
    def is_wanted_by_push(self) -> bool:
        """Whether its reader has not read it yet; what reaches them by push alone counts as read once handed out."""
        return self.read_at is None or not (self.in_app or self.in_digest)


class Told(models.Model):
    """Somebody was told of this event. `key` names it, usually by its place in the log of facts."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="events")
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "key"], name="told_of_an_event_once")]


class KindChoice(models.Model):
    """By which ways somebody wants to hear of a kind; without a row the kind's own default holds."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="kind_choices")
    kind = models.CharField(max_length=60)
    app = models.BooleanField()
    push = models.BooleanField()
    digest = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "kind"], name="one_choice_for_a_kind")]


class TellingWish(models.Model):
    """When somebody wants to be told: quiet hours and the hour of the digest, on the wall clock of `zone`."""

    staff = models.OneToOneField(Staff, primary_key=True, on_delete=models.CASCADE, related_name="telling_wish")
    zone = models.CharField(max_length=60)
    quiet_begins = models.TimeField(null=True)
    quiet_ends = models.TimeField(null=True)
    quiet_outside_shifts = models.BooleanField(default=False)
    urgent_breaks_quiet = models.BooleanField(default=False)
    digest_hour = models.PositiveSmallIntegerField(null=True, help_text="Null: no digest.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_begins=None, quiet_ends=None)
                | Q(quiet_begins__isnull=False, quiet_ends__isnull=False) & ~Q(quiet_begins=models.F("quiet_ends")),
                name="quiet_hours_begin_and_end",
            ),
            models.CheckConstraint(
                condition=Q(digest_hour=None) | Q(digest_hour__lte=23), name="digest_hour_is_of_the_day"
            ),
        ]


class PushSubscription(models.Model):
    """A browser that shows notifications of one person. `digest` is the hash of its address at the push service."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="push_subscriptions")
    digest = models.BinaryField(max_length=32)
    endpoint = EncryptedTextField()
    p256dh = models.CharField(max_length=120, help_text="The browser's public key.")
    auth = EncryptedTextField(help_text="The secret shared with the browser.")
    browser = models.CharField(max_length=80)
    since = models.DateTimeField()
    reached_at = models.DateTimeField(null=True)
    failure_count = models.PositiveIntegerField(default=0, help_text="Tries in a row that failed.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="a_browser_is_one_persons")]
        indexes = [models.Index(fields=["staff", "id"], name="push_subscriptions_of_staff")]


class PushDelivery(models.Model):
    """A push on its way to one browser; deleted when the push service took it, or when it is too old to be news.

    `notification` None: a summary of `count` notifications that waited together.
    """

    subscription = models.ForeignKey(PushSubscription, on_delete=models.CASCADE, related_name="deliveries")
    notification = models.ForeignKey(Notification, null=True, on_delete=models.CASCADE, related_name="deliveries")
    count = models.PositiveIntegerField()
    is_urgent = models.BooleanField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempt_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="a_push_has_time_to_arrive"),
        ]
        indexes = [models.Index(fields=["next_try_at", "id"], name="pushes_due")]


class Digest(models.Model):
    """What somebody was told by mail on one day; its text is made when the mail is written."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="digests")
    day = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "day"], name="one_digest_a_day")]
