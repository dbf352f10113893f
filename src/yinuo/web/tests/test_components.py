"""What the shared components and filters show."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.templatetags.static import static
from django.utils import translation

import yinuo.web
from yinuo.foundation.money import Money
from yinuo.web.components.basics import initial, person_colour
from yinuo.web.components.declare import Component
from yinuo.web.components.icons import ICON_NAMES, ICON_SPRITE
from yinuo.web.components.library import register
from yinuo.web.components.promises import STATE_TONES, ShownPromise, share_left
from yinuo.web.components.times import masked, money

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
WEB = Path(yinuo.web.__file__).parent
TEMPLATES = WEB / "templates" / "web"
COMPONENTS = [tag.__self__ for tag in register.tags.values() if isinstance(getattr(tag, "__self__", None), Component)]


def show(source: str, **values: object) -> str:
    return Template("{% load yinuo %}" + source).render(Context(values))


def promise(state: str, *, minutes_left: int = 28, ended_at: datetime | None = None) -> ShownPromise:
    due_at = NOW + timedelta(minutes=minutes_left)
    return ShownPromise(state, "First response", NOW - timedelta(hours=1), due_at, due_at, ended_at)


def test_every_component_stands_in_the_gallery() -> None:
    gallery = "".join((TEMPLATES / name).read_text() for name in ("gallery.html", "desk.html"))

    assert [component.name for component in COMPONENTS if f"{{% {component.name} " not in gallery] == []


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.name)
def test_every_component_template_begins_with_its_contract(component: Component) -> None:
    source = (WEB / "templates" / component.template_name).read_text()

    assert source.startswith("{# ")


def test_sprite_holds_exactly_the_listed_icons() -> None:
    sprite = (WEB / "static" / ICON_SPRITE).read_text()

    drawn = {part.split('"')[0] for part in sprite.split('<symbol id="')[1:]}
    assert drawn == ICON_NAMES


def test_icon_is_hidden_from_screen_readers() -> None:
    drawing = f'<use href="{static(ICON_SPRITE)}#clock"></use>'

    assert show('{% icon "clock" %}').strip() == (f'<svg class="yn-icon" aria-hidden="true">{drawing}</svg>')


@pytest.mark.parametrize(
    ("name", "letter"), [("李雪", "李"), ("emma chen", "E"), ("（仓储）张磊", "仓"), ("", "?"), ("…", "?")]
)
def test_avatar_shows_the_first_letter(name: str, letter: str) -> None:
    assert initial(name) == letter


def test_a_person_keeps_their_colour() -> None:
    assert [person_colour(name) for name in ("李雪", "赵建国", "Emma Chen", "周敏", "刘洋")] == [6, 5, 1, 1, 3]


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (Decimal(38460), "CNY", "¥38,460"),
        (Decimal("50.50"), "CNY", "¥50.50"),
        (Decimal("-3.1"), "USD", "-$3.10"),
        (1200, "CHF", "1,200 CHF"),
        (Decimal("99.9"), "JPY", "JP¥100"),
        (Money(Decimal(500)), "USD", "¥500"),
        (None, "CNY", ""),
    ],
)
def test_money_is_written_with_its_currency(amount: object, currency: str, shown: str) -> None:
    assert money(amount, currency) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("13812346721", "138****6721"),
        ("138 1234 6721", "138****6721"),
        ("wang.li@example.com", "w***@example.com"),
        ("1234567", "*******"),
        ("", ""),
        (None, ""),
    ],
)
def test_masked_value_hides_its_middle(value: str | None, shown: str) -> None:
    assert masked(value) == shown


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("live", "还剩 28 分"),
        ("soon", "还剩 28 分"),
        ("kept", "已兑现"),
        ("paused", "已暂停"),
        ("withdrawn", "已撤回"),
        ("replaced", "已更换"),
    ],
)
def test_badge_says_the_state_in_words(state: str, words: str) -> None:
    with translation.override("zh-hans"):
        shown = show("{% promise_badge promise now=now %}", promise=promise(state), now=NOW)

    assert words in shown
    assert f'data-tone="{STATE_TONES[state]}"' in shown


def test_broken_badge_says_by_how_much() -> None:
    with translation.override("en"):
        shown = show("{% promise_badge promise now=now %}", promise=promise("broken", minutes_left=-12), now=NOW)

    assert "12 min over" in shown


def test_paused_promise_stands_at_the_time_left_when_it_was_paused() -> None:
    paused = promise("paused", minutes_left=-60, ended_at=NOW - timedelta(minutes=90))

    with translation.override("en"):
        assert "30 min left" in show("{% promise_badge promise now=now %}", promise=paused, now=NOW)


def test_only_running_promises_tick_in_the_browser() -> None:
    ticking = {
        state for state in STATE_TONES if "data-due" in show("{% promise_ring p now=n %}", p=promise(state), n=NOW)
    }

    assert ticking == {"live", "soon", "broken"}


def test_unknown_promise_state_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="state is 'late'"):
        show("{% promise_badge promise %}", promise=promise("late"))


@pytest.mark.parametrize(("minutes_left", "share"), [(60, 0.5), (0, 0.0), (-5, 0.0), (120, 0.6667)])
def test_ring_shows_the_share_of_time_left(minutes_left: int, share: float) -> None:
    assert round(share_left(promise("live", minutes_left=minutes_left), at=NOW), 4) == share
