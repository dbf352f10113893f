"""The list on the gallery page: every kind of filter and of cell, with believable values."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from yinuo.customers.queries import Person
from yinuo.foundation.lists import COUNT_LIMIT, Choices, Column, Count, Days, Pill, ShownList, Words, YesNo
from yinuo.foundation.lists.showing import CellShown, FilterShown, HeadShown, OptionShown, RowShown
from yinuo.web.components.promises import ShownPromise


def gallery_list(at: datetime, *, promises: list[ShownPromise]) -> ShownList:
    """Return a page of a list with every kind of filter and of cell."""
    words = Words(key="q", label=_("Words"), hint=_("Name"), narrow=lambda rows, _words: rows)
    tier = Choices(
        key="tier", label=_("Tier"), field="tier", offer=lambda: [("gold", _("Gold")), ("silver", _("Silver"))]
    )
    since = Days(key="since", label=_("Known since"), field="created_at")
    vip = YesNo(key="vip", label=_("VIP"), narrow=lambda rows, _is_vip, _moment: rows)
    kinds = (
        ("name", _("Name"), "person"),
        ("number", _("Cases"), "number"),
        ("spent", _("Spent"), "money"),
        ("last", _("Last contact"), "instant"),
        ("state", _("State"), "pill"),
        ("promise", _("Next promise"), "promise"),
        ("reached", _("Reached by"), "many"),
        ("nothing", _("Company"), "text"),
    )
    columns = [
        Column(key=key, label=label, kind=kind, value=lambda row: row, is_main=key == "name")  # type: ignore[arg-type]
        for key, label, kind in kinds
    ]
    rows = [
        (Person("李雪", is_vip=True), 9, Decimal(38460), at, Pill(_("Open"), "info"), 0, ("138 **** 6721",), None),
        (Person("Emma Chen"), 2, Decimal("1299.5"), at, Pill(_("Closed")), 3, ("e***@x.example",), None),
    ]
    return ShownList(
        place="gallery",
        address="#list",
        heads=[
            HeadShown(key, str(label), "#sort" if key in {"name", "last"} else "", "ascending" if key == "name" else "")
            for key, label, _kind in kinds
        ],
        rows=[
            RowShown(
                number,
                [
                    CellShown(column, str(column.label), promises[value] if column.key == "promise" else value, "")
                    for column, value in zip(columns, row, strict=True)
                ],
            )
            for number, row in enumerate(rows)
        ],
        filters=[
            FilterShown(words, str(words.label)),
            FilterShown(
                tier,
                str(tier.label),
                said=_("Gold"),
                off_url="#off",
                options=[OptionShown("gold", _("Gold"), True), OptionShown("silver", _("Silver"), False)],
            ),
            FilterShown(since, str(since.label), options=[OptionShown("7d", _("Last 7 days"), False)]),
            FilterShown(vip, str(vip.label), options=[OptionShown("yes", _("Yes"), False)]),
        ],
        columns=[OptionShown(key, str(label), True) for key, label, _kind in kinds[1:]],
        hidden=[],
        count=Count(COUNT_LIMIT, is_more=True),
        count_url="#count",
        older_url="#older",
        newer_url="#newer",
        clear_url="#clear",
        query="tier=gold",
        state="rows",
        sort="name",
    )
