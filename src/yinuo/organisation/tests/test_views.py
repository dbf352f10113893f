"""Saved views: whose they are, who may change them, what is kept."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from yinuo.access.actors import Actor
from yinuo.cases.tests.cast import SYSTEM, actor_of
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed, NotFound
from yinuo.organisation.actions import (
    NotYourTeam,
    TooManyViews,
    ViewIncomplete,
    ViewNameTaken,
    ViewTooLong,
    join_team,
    leave_team,
    move_view,
    remove_view,
    rename_view,
    save_view,
    share_view,
)
from yinuo.organisation.models import SavedView
from yinuo.organisation.queries import led_teams, saved_views

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def kept(staff, name="急件", query="class=emergency", place="cases") -> SavedView:
    return save_view(place=place, name=name, query=query, by=actor_of(staff), at=AT)


def names(staff, place="cases") -> list[str]:
    return [view.name for view in saved_views(actor_of(staff), place)]


def facts() -> list[tuple]:
    rows = FactRow.objects.filter(type__startswith="organisation.view_").order_by("id")
    return [(row.type.removeprefix("organisation."), row.actor, row.staff_id, row.team_id) for row in rows]


def test_a_view_belongs_to_its_owner_alone(house):
    view = kept(house.chen)

    assert (view.name, view.query, view.team_id, view.saved_at) == ("急件", "class=emergency", None, AT)
    assert names(house.chen) == ["急件"]
    assert names(house.chen, "customers") == []
    assert names(house.zhou) == []
    assert saved_views(Actor.customer(house.wang.pk), "cases") == []


def test_a_view_shared_by_the_leader_reaches_the_members_of_that_team_only(house):
    view = kept(house.zhou)
    share_view(view=view, team=house.team, by=actor_of(house.zhou), at=AT)
    kept(house.chen, "我的")

    assert names(house.chen) == ["我的", "急件"]
    assert names(house.zhao) == []

    share_view(view=view, team=None, by=actor_of(house.zhou), at=AT)

    assert names(house.chen) == ["我的"]


def test_who_leaves_the_team_no_longer_has_its_views(house):
    share_view(view=kept(house.zhou), team=house.team, by=actor_of(house.zhou), at=AT)
    leave_team(staff=house.chen, team=house.team, by=SYSTEM, at=AT)

    assert names(house.chen) == []


def test_only_who_leads_a_team_shares_with_it(house):
    with pytest.raises(NotYourTeam):
        share_view(view=kept(house.chen), team=house.team, by=actor_of(house.chen), at=AT)
    with pytest.raises(NotYourTeam):
        share_view(view=kept(house.zhou), team=house.other_team, by=actor_of(house.zhou), at=AT)
    assert led_teams(actor_of(house.zhou)) == [house.team]
    assert led_teams(actor_of(house.chen)) == []


def test_members_open_a_shared_view_and_only_owner_and_leader_change_it(house):
    join_team(staff=house.zhao, team=house.team, by=SYSTEM, at=AT)
    SavedView.objects.filter(pk=kept(house.chen).pk).update(team=house.team)
    (view,) = saved_views(actor_of(house.zhao), "cases")

    for act, more in ((rename_view, {"name": "x"}), (remove_view, {}), (share_view, {"team": None})):
        with pytest.raises(NotAllowed):
            act(view=view, by=actor_of(house.zhao), at=AT, **more)
        with pytest.raises(NotFound):
            act(view=view, by=actor_of(house.admin), at=AT, **more)
    rename_view(view=view, name="全组急件", by=actor_of(house.zhou), at=AT)

    assert names(house.chen) == ["全组急件"]


def test_a_name_is_used_once_by_a_person_in_a_list(house):
    kept(house.chen)
    other = kept(house.chen, "其他")

    with pytest.raises(ViewNameTaken):
        kept(house.chen, " 急件 ")
    with pytest.raises(ViewNameTaken):
        rename_view(view=other, name="急件", by=actor_of(house.chen), at=AT)
    kept(house.zhou)
    kept(house.chen, place="customers")
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(owner=house.chen, place="cases", name="急件", saved_at=AT)


@pytest.mark.parametrize("name", ["", "   ", "长" * 61])
def test_a_view_needs_a_name_that_can_be_read(house, name):
    with pytest.raises(ViewIncomplete):
        kept(house.chen, name)


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("?class=emergency&after=W1&before=W2", "class=emergency"),
        ("q=%E6%BC%8F%E6%B0%B4", "q=%E6%BC%8F%E6%B0%B4"),
        ("team=1&team=2", "team=1&team=2"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29="),
        ("", ""),
    ],
)
def test_the_query_is_kept_well_formed_and_without_the_page(house, given, is_kept):
    assert kept(house.chen, query=given).query == is_kept


def test_a_query_without_end_is_refused(house):
    with pytest.raises(ViewTooLong):
        kept(house.chen, query="q=" + "x" * 2000)


def test_a_list_has_fifty_views_of_one_person_at_most(house):
    SavedView.objects.bulk_create(
        SavedView(owner=house.chen, place="cases", name=str(count), saved_at=AT) for count in range(50)
    )

    with pytest.raises(TooManyViews) as refused:
        kept(house.chen)
    assert "50" in refused.value.sentence()


def test_views_stand_in_the_order_their_owner_chose(house):
    for name in ("一", "二", "三"):
        last = kept(house.chen, name)

    move_view(view=last, is_up=True, by=actor_of(house.chen), at=AT)
    assert names(house.chen) == ["一", "三", "二"]

    move_view(view=last, is_up=True, by=actor_of(house.chen), at=AT)
    move_view(view=last, is_up=True, by=actor_of(house.chen), at=AT)
    assert names(house.chen) == ["三", "一", "二"]

    move_view(view=last, is_up=False, by=actor_of(house.chen), at=AT)
    assert names(house.chen) == ["一", "三", "二"]


def test_every_change_is_written_down(house):
    chen, zhou = actor_of(house.chen), actor_of(house.zhou)
    view = kept(house.zhou)
    save_view(place="cases", query="class=routine", view=view, by=zhou, at=AT)
    rename_view(view=view, name="一般", by=zhou, at=AT)
    rename_view(view=view, name="一般", by=zhou, at=AT)
    share_view(view=view, team=house.team, by=zhou, at=AT)
    move_view(view=view, is_up=True, by=zhou, at=AT)
    remove_view(view=view, by=zhou, at=AT)

    assert facts() == [
        ("view_saved", zhou.key, house.zhou.pk, None),
        ("view_saved", zhou.key, house.zhou.pk, None),
        ("view_renamed", zhou.key, house.zhou.pk, None),
        ("view_shared", zhou.key, house.zhou.pk, house.team.pk),
        ("view_removed", zhou.key, house.zhou.pk, None),
    ]
    assert saved_views(chen, "cases") == []


def test_customers_keep_no_views(house):
    with pytest.raises(NotAllowed):
        save_view(place="cases", name="x", query="", by=Actor.customer(house.wang.pk), at=AT)
