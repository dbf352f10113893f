"""What can happen to notifications. They carry ids only; what somebody reads is made when it is shown."""

from yinuo.foundation.facts import Fact


class StaffNotified(Fact):
    """A member of staff was told of something in their centre; several events may stand in one notification."""

    staff_id: int
    notification_id: int
    kind: str


class NotificationsRead(Fact):
    """A member of staff read notifications, one or all of them."""

    staff_id: int
    count: int


class NotificationWishesChanged(Fact):
    """Somebody chose what they want to be told, by which ways or when; `fields` names what."""

    staff_id: int
    fields: list[str]


class PushSubscribed(Fact):
    """A browser shows the notifications of a member of staff from now on."""

    staff_id: int
    subscription_id: int


class PushUnsubscribed(Fact):
    """A browser shows notifications no more: `removed` by the person, or `gone` as its push service says."""

    staff_id: int
    subscription_id: int
    reason: str


class DigestReady(Fact):
    """A member of staff is due a digest with something to say; the mail floor writes and sends it."""

    staff_id: int
    digest_id: int
