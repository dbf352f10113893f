"""Quoted times: docs/rules/quoted-time.md. The office is open Monday to Friday 09:00–12:00 and 13:00–18:00."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from yinuo.cases.actions import close_case, learn_answers, reply, settle_quotes
from yinuo.cases.actions.messages import Said
from yinuo.cases.api.shapes import case_out, case_rows
from yinuo.cases.models import AnswerPace, Case, Quote, QuoteTally
from yinuo.cases.queries import quotes_held, shown_quote
from yinuo.cases.rules import quoting
from yinuo.cases.rules.quoting import Answered, Known, Load, Pace
from yinuo.foundation.calendars import BusinessCalendar
from yinuo.foundation.models import FactRow
from yinuo.intake.mail.writing import acknowledgement

from .cast import OFFICE_HOURS, SYSTEM, House, actor_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = BusinessCalendar.from_json(OFFICE_HOURS)
MINUTE = timedelta(minutes=1)


def at(clock: str, day: int = 2) -> datetime:
    """Return a time in November 2026; the 2nd is a Monday."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def answers(*, count: int = 40, minutes: int = 10, load: float | None = None) -> tuple[Answered, ...]:
    """Return answers after 10, 20, … 400 minutes."""
    return tuple(Answered(number * minutes * 60, load) for number in range(1, count + 1))


def draft(known: dict[str, Known], *, opened: datetime, promised: datetime, load: Load | None = None):
    return quoting.draft_quote(
        known=known,
        among=("1/routine/mail/open", "1/routine/mail", "1/routine", "1", "all"),
        load=load or Load(0, 1),
        at=opened,
        promised_by=promised,
        calendar=OFFICE,
        zone=SHANGHAI,
    )


class TestRules:
    def test_of_forty_answers_the_thirty_third_is_the_quote(self):
        known = quoting.known_of(Pace(answers()))  # 41 × 0.80 = 32.8, rounded up: the 33rd, 330 minutes

        quote = draft({"1": known}, opened=at("09:00"), promised=at("17:00"))

        assert known.seconds == 330 * 60
        assert quote.answer_by == at("15:30")  # three hours before noon, two and a half after 13:00
        assert (quote.falls_back, quote.group, quote.count) == (False, "1", 40)

    def test_the_finest_group_that_knows_enough_speaks(self):
        coarse, fine = quoting.known_of(Pace(answers())), quoting.known_of(Pace(answers(minutes=2)))

        quote = draft({"1": coarse, "1/routine/mail": fine}, opened=at("09:00"), promised=at("17:00"))

        assert (quote.group, quote.answer_by) == ("1/routine/mail", at("10:10"))  # 66 minutes, in steps of five

    def test_twenty_nine_answers_are_too_few_and_the_promise_is_told(self):
        assert quoting.known_of(Pace(answers(count=29))) is None

        quote = draft({}, opened=at("09:00"), promised=at("11:00"))

        assert (quote.answer_by, quote.falls_back, quote.reason) == (at("11:00"), True, "thin")

    def test_a_quote_is_never_later_than_promised(self):
        quote = draft({"all": Known(330 * 60, 0.0, 40)}, opened=at("09:00"), promised=at("11:00"))

        assert (quote.answer_by, quote.estimated_by, quote.reason) == (at("11:00"), at("15:30"), "no_sooner")

    def test_a_group_whose_quotes_held_too_seldom_is_not_believed_until_they_hold_again(self):
        pace = Pace(answers(), outcomes="1" * 19 + "0" * 11)  # 19 of 30 is 63 %
        quote = draft({"1": quoting.known_of(pace)}, opened=at("09:00"), promised=at("17:00"))

        assert (quote.answer_by, quote.reason) == (at("17:00"), "not_believed")
        assert quote.estimated_by == at("15:30")  # measured on, though not told
        assert quoting.corrected(quoting.corrected(pace, held=True), held=True).is_believed  # 21 of 32 is 66 %

    def test_a_miss_raises_the_level_four_times_as_much_as_a_held_quote_lowers_it(self):
        assert quoting.corrected(Pace(), held=False).level == pytest.approx(0.808)
        assert quoting.corrected(Pace(), held=True).level == pytest.approx(0.798)

    def test_twice_as_many_who_wait_take_twice_as_long_when_history_says_so(self):
        history = tuple(
            Answered(round(600 * (1 + load)), float(load)) for load in range(10) for _time in range(12)
        )  # ten minutes for each who waits before them
        known = quoting.known_of(Pace(history))

        assert known.exponent == pytest.approx(120 / 160)  # slope 1, drawn towards none by 40 answers' weight
        sooner = draft({"1": known}, opened=at("09:00"), promised=at("18:00"), load=Load(2, 2))
        later = draft({"1": known}, opened=at("09:00"), promised=at("18:00"), load=Load(8, 2))
        assert sooner.answer_by < later.answer_by

    @pytest.mark.parametrize(
        ("exact", "said"),
        [("09:31", "09:35"), ("10:55", "10:55"), ("11:01", "11:15"), ("16:46", "17:00"), ("17:05", "17:30")],
    )
    def test_times_are_rounded_up_to_what_people_say(self, exact, said):
        assert quoting.rounded_up(at(exact), at=at("09:00"), zone=SHANGHAI) == at(said)

    @given(
        st.lists(st.integers(30, 90_000), min_size=30, max_size=60),
        st.integers(0, 40),
        st.integers(0, 40),
        st.integers(1, 9),
    )
    def test_a_quote_lies_after_the_opening_never_after_the_promise_and_more_work_never_shortens_it(
        self, seconds, few, more, present
    ):
        known = quoting.known_of(Pace(tuple(Answered(one, float(place % 5)) for place, one in enumerate(seconds))))
        opened, promised = at("09:40"), at("17:20")

        quotes = [
            draft({"1": known}, opened=opened, promised=promised, load=Load(waiting, present))
            for waiting in sorted((few, few + more))
        ]

        assert all(opened < quote.answer_by <= promised for quote in quotes)
        assert quotes[0].answer_by <= quotes[1].answer_by


def answered_cases(house: House, *, count: int = 40) -> list[Case]:
    """Open cases on Monday at 09:00 and answer each before the next, after 2, 4, … 80 minutes."""
    cases = []
    for number in range(1, count + 1):
        case = house.open(at=at("09:00"))
        said = Said("好的", at("09:00") + 2 * number * MINUTE)
        reply(case=case, said=said, by=actor_of(house.chen), at=said.at)
        cases.append(case)
    learn_answers([case.pk for case in cases], at=at("12:00"))
    return cases


@pytest.fixture
def taught(house: House) -> House:
    """What forty answers after 2, 4, … 80 minutes on a Monday morning leave: see `test_answers_teach_…`."""
    for group in quoting.groups(team_id=house.team.pk, case_class="routine", channel="mail", in_open_hours=True):
        AnswerPace.objects.create(
            group=group,
            answers=[[number * 120, 0] for number in range(1, 41)],
            level=0.8,
            base_seconds=66 * 60,
            answer_count=40,
            changed_at=at("12:00"),
        )
    return house


class TestQuotes:
    def test_without_history_the_promise_is_told_and_nothing_else_is_said(self, house):
        case = house.open(at=at("09:00"))

        assert (case.quote.answer_by, case.quote.falls_back, case.quote.reason) == (at("11:00"), True, "thin")
        assert house.opened[0].answer_by == at("11:00")
        assert shown_quote(case, at=at("09:01")) is None
        assert not FactRow.objects.filter(type="cases.answer_quoted").exists()

    def test_history_gives_a_sooner_time_and_a_fact(self, taught):
        case = taught.open(at=at("09:00", day=3))

        assert case.quote.answer_by == at("10:10", day=3)  # 66 minutes, promised are 120
        assert case.quote.inputs == {
            "team": taught.team.pk, "waiting": 0, "present": 2, "answers": 40, "level": 0.8,
        }  # fmt: skip
        fact = FactRow.objects.get(type="cases.answer_quoted", case_id=case.pk)
        assert fact.payload == {"answer_by": "2026-11-03T02:10:00+00:00"}

    def test_the_words_name_both_times_and_do_not_hide_that_one_has_passed(self, taught):
        case = taught.open(at=at("09:00", day=3))

        assert shown_quote(case, at=at("09:00", day=3)).sentence == (
            "Our first answer will probably come today by about 10:10; promised at the latest today by 11:00."
        )
        assert shown_quote(case, at=at("10:30", day=3)).sentence == (
            "It takes longer than expected; promised at the latest today by 11:00."
        )
        with translation.override("zh-hans"):
            assert shown_quote(case, at=at("09:00", day=3)).sentence == (
                "首次答复大约今天 10:10 前给您；我们承诺最迟今天 11:00 前。"
            )

    def test_once_answered_nothing_is_quoted_any_more(self, taught):
        case = taught.open(at=at("09:00", day=3))
        reply(case=case, said=Said("好的", at("09:30", day=3)), by=actor_of(taught.chen), at=at("09:30", day=3))

        assert shown_quote(Case.objects.get(pk=case.pk), at=at("09:31", day=3)) is None

    def test_answers_teach_every_group_of_their_case_once_however_often_they_are_read(self, house):
        cases = answered_cases(house)

        assert learn_answers([case.pk for case in cases], at=at("12:00")) == 0
        rows = AnswerPace.objects.all()
        assert {row.group for row in rows} == set(
            quoting.groups(team_id=house.team.pk, case_class="routine", channel="mail", in_open_hours=True)
        )
        assert {(row.base_seconds, row.exponent, row.answer_count) for row in rows} == {(66 * 60, 0.0, 40)}

    def test_a_case_from_before_quotes_were_made_teaches_without_its_load(self, house):
        case = answered_cases(house, count=1)[0]
        Quote.objects.filter(case=case).delete()
        AnswerPace.objects.all().delete()

        learn_answers([case.pk], at=at("12:00"))

        assert AnswerPace.objects.get(group="all").answers == [[120, None]]

    def test_those_who_wait_are_counted_among_the_open_cases_of_the_team(self, taught):
        taught.open(at=at("09:00", day=3))
        taught.open(at=at("09:00", day=3), team=taught.other_team)

        assert taught.open(at=at("09:00", day=3)).quote.inputs["waiting"] == 1


class TestSettling:
    def test_a_quote_is_decided_once_at_its_time_and_counted(self, taught):
        held, missed, ended = (taught.open(at=at("09:00", day=3)) for _ in range(3))
        chen = actor_of(taught.chen)
        reply(case=held, said=Said("好的", at("10:10", day=3)), by=chen, at=at("10:10", day=3))
        reply(case=missed, said=Said("好的", at("10:45", day=3)), by=chen, at=at("10:45", day=3))
        close_case(case=ended, outcome="spam", by=chen, at=at("09:30", day=3))

        assert settle_quotes(at=at("11:01", day=3)) == 3
        assert settle_quotes(at=at("11:01", day=3)) == 0

        quotes = Quote.objects.in_bulk()
        assert [quotes[case.pk].held for case in (held, missed, ended)] == [True, False, None]
        assert quotes_held([taught.team.pk], actor=SYSTEM, at=at("12:00", day=3)).per_mille == 500
        assert QuoteTally.objects.get().missed_count == 1
        group = AnswerPace.objects.get(group=quotes[held.pk].group)
        assert group.outcomes == "10"
        assert group.level == pytest.approx(0.806)  # 0.80 - 0.002 + 0.008

    def test_what_was_killed_half_way_is_decided_anew(self, taught):
        case = taught.open(at=at("09:00", day=3))
        with transaction.atomic():
            settle_quotes(at=at("12:00", day=3))
            transaction.set_rollback(True)

        assert settle_quotes(at=at("12:00", day=3)) == 1
        assert Quote.objects.get(case=case).held is False
        assert QuoteTally.objects.get().missed_count == 1

    def test_the_tally_is_within_the_readers_scopes(self, taught):
        taught.open(at=at("09:00", day=3))
        settle_quotes(at=at("12:00", day=3))

        assert quotes_held([taught.team.pk], actor=actor_of(taught.zhou), at=at("12:00", day=3)).count == 1
        assert quotes_held([taught.other_team.pk], actor=actor_of(taught.zhou), at=at("12:00", day=3)).count == 0


def test_the_customer_reads_it_on_the_page_of_the_case_in_the_mail_and_programs_in_the_api(taught, client, monkeypatch):
    case = taught.open(at=at("09:00", day=3))
    sentence = "Our first answer will probably come today by about 10:10; promised at the latest today by 11:00."
    monkeypatch.setattr("yinuo.intake.portal.pages.cases.now", lambda: at("09:01", day=3))

    for page in (f"/track/{case.track_token}", f"/track/{case.track_token}/received"):
        assert sentence in client.get(page, headers={"accept-language": "en"}).content.decode()
    case.language = "en"
    assert sentence in acknowledgement(case, name="Wang", at=at("09:01", day=3))
    assert case_out(case_rows(SYSTEM).get(pk=case.pk), SYSTEM).answer_by == at("10:10", day=3)


def test_quotes_hold_in_four_of_five_cases_when_the_office_slows_down():
    """Answers grow twice as slow in the middle; the level follows, and 80 % hold before and after."""
    random, pace, held = Random(7), Pace(), []
    for number in range(3000):
        minutes = random.lognormvariate(3.5, 0.6) * (2 if number > 1500 else 1)
        if known := quoting.known_of(pace):
            held.append(minutes * 60 <= known.seconds)
            pace = quoting.corrected(pace, held=held[-1])
        pace = quoting.learned(pace, [Answered(round(minutes * 60))])

    assert sum(held[:1400]) / 1400 == pytest.approx(0.80, abs=0.02)
    assert sum(held[-1000:]) / 1000 == pytest.approx(0.80, abs=0.02)


def test_opening_asks_the_database_no_more_often_than_without_quotes(taught, django_assert_num_queries):
    taught.open(at=at("09:00", day=3))

    with django_assert_num_queries(3):  # the numbers with what quotes need, the rows, and the case that the cast reads
        taught.open(at=at("09:00", day=3))
