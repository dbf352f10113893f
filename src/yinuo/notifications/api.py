"""One's own notifications for other programs: reading them, and what one wants to be told."""

from datetime import datetime, time
from typing import Annotated, Any

from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from yinuo.access.api import ApiRequest
from yinuo.foundation.api import Given, Id, Instant, Order, Page, PageWish, ShortText, Unset, page_of
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound

from .actions import Wish, choose_ways, choose_wish, mark_all_read, mark_read
from .models import Notification
from .queries import ShownNotification, centre, own_ways, own_wish, shown
from .rules import Ways

router = Router(tags=["notifications"])
_ORDER = Order("notifications", "at", is_falling=True)
KindCode = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z_.]+$")]


class NotificationOut(BaseModel):
    """Something you were told: events of one kind about one thing."""

    id: int
    kind: str
    sentence: str = Field(description="In the language of Accept-Language.")
    detail: str = Field(description="Such as the subject of the case.")
    url: str = Field(description="The page of the thing, below the site's address.")
    who: str = Field(description="The colleague who did it; empty when it was none.")
    count: int = Field(description="Events of this kind since it was last read.")
    at: datetime
    moment: datetime | None = Field(description="An instant it speaks of, such as when a promise falls due.")
    is_read: bool


class NotificationFilters(BaseModel):
    """Which notifications are wanted."""

    is_unread: bool = Field(False, description="Only what is not read.")
    kind: KindCode | Unset = None


class ReadingsIn(Given):
    """Which notifications are to be taken as read: all, or those of a kind, up to an instant."""

    kind: KindCode | Unset = None
    up_to: Instant | Unset = Field(None, description="What came later stays unread.")


class ReadingsOut(BaseModel):
    """How many were taken as read."""

    count: int


class WaysOut(BaseModel):
    """By which ways you hear of a kind."""

    kind: str
    label: str
    is_urgent: bool
    app: bool
    push: bool
    digest: bool


class WishesOut(BaseModel):
    """What you want to be told, by which ways and when not."""

    kinds: list[WaysOut]
    zone: str
    quiet_begins: time | None
    quiet_ends: time | None
    quiet_outside_shifts: bool
    urgent_breaks_quiet: bool
    digest_hour: int | None


class WaysIn(Given):
    """By which ways you want to hear of a kind."""

    app: bool
    push: bool
    digest: bool


ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["22:00"])]


class WishesIn(Given):
    """What you want to be told. Kinds that are not named stay as they are; all else is as given."""

    ways: dict[KindCode, WaysIn] = Field(default_factory=dict, max_length=100, description="By the kind's code.")
    zone: ShortText = Field(description="Such as Asia/Shanghai.")
    quiet_begins: ClockTime | None = None
    quiet_ends: ClockTime | None = None
    quiet_outside_shifts: bool = False
    urgent_breaks_quiet: bool = False
    digest_hour: int | None = Field(None, ge=0, le=23, description="Null for no digest.")


@router.get("/me/notifications", response=Page[NotificationOut], operation_id="list_own_notifications")
def list_own_notifications(
    request: ApiRequest, filters: Query[NotificationFilters], wish: Query[PageWish]
) -> dict[str, Any]:
    """List what you were told, the newest first.

    Scope `notifications:read`, and that of the thing: what is about cases needs `cases:read` too.
    """
    request.actor.require("notifications.view")
    rows = centre(request.actor)
    if filters.is_unread:
        rows = rows.unread()
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    page = page_of(rows, _ORDER, wish, lambda row: row)
    return {"items": [_out(one) for one in shown(page["items"], actor=request.actor)], "next": page["next"]}


@router.post("/me/notifications/readings", response={201: ReadingsOut}, operation_id="read_own_notifications")
def read_own_notifications(request: ApiRequest, body: ReadingsIn) -> Status[ReadingsOut]:
    """Take all as read, or those of a kind, up to an instant. Scope `notifications:write`."""
    count = mark_all_read(up_to=body.up_to, kind=body.kind or "", by=request.actor, at=now())
    return Status(201, ReadingsOut(count=count))


@router.post(
    "/me/notifications/{notification_id}/reading",
    response={201: NotificationOut},
    operation_id="read_own_notification",
)
def read_own_notification(request: ApiRequest, notification_id: Id) -> Status[NotificationOut]:
    """Take one as read. Scope `notifications:write`. Refuses `not_found` for what is not yours, or not any more."""
    request.actor.require("notifications.edit")
    row = Notification.objects.visible_to(request.actor).filter(pk=notification_id).first()
    if row is None:
        raise NotFound
    mark_read(notification_id=row.pk, by=request.actor, at=now())
    row.refresh_from_db()
    return Status(201, _out(shown([row], actor=request.actor)[0]))


@router.get("/me/notification-wishes", response=WishesOut, operation_id="show_own_wishes")
def show_own_wishes(request: ApiRequest) -> WishesOut:
    """Return what you want to be told. Scope `notifications:read`; kinds about cases need `cases:read` too."""
    request.actor.require("notifications.view")
    return _wishes(request)


@router.put("/me/notification-wishes", response=WishesOut, operation_id="choose_own_wishes")
def choose_own_wishes(request: ApiRequest, body: WishesIn) -> WishesOut:
    """Choose what you want to be told. Scope `notifications:write`.

    Refuses `notifications.unknown_kind`, `notifications.quiet_hours_incomplete`, `notifications.unknown_zone`, and
    `not_found` for an account that is no member of staff.
    """
    at = now()
    choose_ways(ways={code: Ways(**way.model_dump()) for code, way in body.ways.items()}, by=request.actor, at=at)
    values = body.model_dump(exclude={"ways", "quiet_begins", "quiet_ends"})
    quiet = {"quiet_begins": _clock(body.quiet_begins), "quiet_ends": _clock(body.quiet_ends)}
    choose_wish(wish=Wish(**values, **quiet), by=request.actor, at=at)
    return _wishes(request)


def _clock(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _out(one: ShownNotification) -> NotificationOut:
    return NotificationOut(
        id=one.id,
        kind=one.kind.code,
        sentence=one.sentence,
        detail=one.detail,
        url=one.url,
        who=one.who,
        count=one.count,
        at=one.at,
        moment=one.moment,
        is_read=one.is_read,
    )


def _wishes(request: ApiRequest) -> WishesOut:
    wish = own_wish(request.actor)
    kinds = [
        WaysOut(
            kind=kind.code,
            label=str(kind.label),
            is_urgent=kind.is_urgent,
            app=ways.app,
            push=ways.push,
            digest=ways.digest,
        )
        for kind, ways in own_ways(request.actor)
    ]
    return WishesOut(
        kinds=kinds,
        zone=wish.zone,
        quiet_begins=wish.quiet_begins,
        quiet_ends=wish.quiet_ends,
        quiet_outside_shifts=wish.quiet_outside_shifts,
        urgent_breaks_quiet=wish.urgent_breaks_quiet,
        digest_hour=wish.digest_hour,
    )
