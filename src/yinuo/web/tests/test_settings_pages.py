"""The settings as administrators use them: plain forms, refusals beside the field, nothing secret shown again."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from yinuo.access.actions import grant_role, revoke_role
from yinuo.access.models import ApiToken
from yinuo.access.roles import Role
from yinuo.cases.tests.cast import SYSTEM, House
from yinuo.foundation.calendars import BusinessCalendar
from yinuo.foundation.models import CalendarVersion
from yinuo.intake.mail.actions import MailboxDraft, save_mailbox, take_in
from yinuo.intake.mail.models import Mailbox, StoredMail
from yinuo.standards.models import Standard
from yinuo.standards.queries import offers
from yinuo.web.settings_pages import repairs

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
OUT_OF_OFFICE = (
    b"From: Li Qiang <li@other.example>\r\nTo: support@henuan.example\r\nMessage-ID: <auto%d@other.example>\r\n"
    b"Subject: Automatic reply\r\nAuto-Submitted: auto-replied\r\n\r\n<b>I am away</b>\x07\r\n"
)


def sentences(answer) -> str:
    """Return the words of a page without its markup."""
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.fixture
def admin(house: House, client: Client, settings) -> Client:
    """An administrator's browser, in English."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(house.admin.account)
    return client


@pytest.fixture
def support(house: House) -> Mailbox:
    draft = MailboxDraft(
        address="support@henuan.example",
        sender_name="禾暖客服",
        in_host="imap.henuan.example",
        in_username="support",
        in_password="first secret",
        out_host="smtp.henuan.example",
        out_username="support",
        out_password="second secret",
    )
    return save_mailbox(draft=draft, team=house.team, by=SYSTEM, at=AT)


def mailbox_form(team_id: int, **changes) -> dict:
    return {
        "address": "support@henuan.example",
        "sender_name": "禾暖客服",
        "team": team_id,
        "case_class": "routine",
        "acknowledges": "on",
        "is_active": "on",
        "in_security": "tls",
        "in_host": "imap.henuan.example",
        "in_port": 993,
        "in_username": "support",
        "in_password": "",
        "in_folder": "INBOX",
        "out_security": "tls",
        "out_host": "smtp.henuan.example",
        "out_port": 465,
        "out_username": "support",
        "out_password": "",
    } | changes


class TestMailboxes:
    def test_a_mailbox_is_added_by_a_plain_form(self, admin: Client, house: House) -> None:
        form = mailbox_form(house.team.pk, in_password="one", out_password="two")

        answer = admin.post("/settings/mailboxes", form)

        assert answer.status_code == 302
        mailbox = Mailbox.objects.get()
        assert (mailbox.address, mailbox.in_password, mailbox.out_password) == ("support@henuan.example", "one", "two")

    def test_a_stored_password_is_never_shown_and_stays_when_left_empty(
        self, admin: Client, house: House, support: Mailbox
    ) -> None:
        page = admin.get(f"/settings/mailboxes/{support.pk}").content.decode()
        admin.post(f"/settings/mailboxes/{support.pk}", mailbox_form(house.team.pk, sender_name="禾暖"))

        support.refresh_from_db()
        assert "secret" not in page
        assert (support.sender_name, support.in_password, support.out_password) == (
            "禾暖",
            "first secret",
            "second secret",
        )

    @pytest.mark.parametrize(
        "change", [{"in_host": "imap.elsewhere.example"}, {"in_username": "other"}, {"in_security": "plain"}]
    )
    def test_a_stored_password_is_not_sent_to_another_server(
        self, admin: Client, house: House, support: Mailbox, change: dict
    ) -> None:
        answer = admin.post(f"/settings/mailboxes/{support.pk}", mailbox_form(house.team.pk, **change))

        assert answer.status_code == 422
        assert "Type the password again" in sentences(answer)
        support.refresh_from_db()
        assert support.in_host == "imap.henuan.example"

    def test_an_address_in_use_is_refused_beside_its_field(self, admin: Client, support: Mailbox) -> None:
        form = mailbox_form(support.team_id, in_password="one", out_password="two")

        answer = admin.post("/settings/mailboxes", form)

        assert answer.status_code == 422
        beside = re.search(r'id="id_address_error".*?</div>', answer.content.decode(), re.DOTALL)
        assert beside is not None
        assert "There is already a mailbox support@henuan.example." in beside[0]
        assert 'value="one"' in answer.content.decode()

    def test_trying_the_connection_shows_the_refusals_of_both_directions(self, admin: Client, house: House) -> None:
        form = mailbox_form(
            house.team.pk, in_host="127.0.0.1", in_port=1, out_host="127.0.0.1", out_port=1, in_password="p"
        )

        answer = admin.post("/settings/mailboxes/check", form)

        assert answer.status_code == 200
        words = sentences(answer)
        assert "Fetching mail · No mail server answers at 127.0.0.1, port 1." in words
        assert "Sending mail · No mail server answers at 127.0.0.1, port 1." in words
        assert not Mailbox.objects.exists()

    def test_trying_a_local_folder_counts_its_mails(self, admin: Client, house: House, tmp_path: Path) -> None:
        for folder in ("in/cur", "in/new", "in/tmp", "out/cur", "out/new", "out/tmp"):
            (tmp_path / folder).mkdir(parents=True)
        (tmp_path / "in/new/1.a.host").write_bytes(b"Subject: x\r\n\r\ny")
        form = mailbox_form(
            house.team.pk,
            in_security="maildir",
            in_host=str(tmp_path / "in"),
            out_security="maildir",
            out_host=str(tmp_path / "out"),
        )

        answer = admin.post("/settings/mailboxes/check", form, headers={"HX-Request": "true"})

        assert sentences(answer) == (
            "Fetching mail · Connected and signed in; 1 mail lies in the folder. "
            "Sending mail · Connected and signed in. No mail was sent."
        )

    def test_switching_off_and_on_keeps_everything_else(self, admin: Client, support: Mailbox) -> None:
        admin.post(f"/settings/mailboxes/{support.pk}/activity", {"is_active": "0"})
        support.refresh_from_db()
        assert (support.is_active, support.in_password) == (False, "first secret")

        admin.post(f"/settings/mailboxes/{support.pk}/activity", {"is_active": "1"})
        support.refresh_from_db()
        assert support.is_active

    def test_the_list_says_what_stands_in_the_way(self, admin: Client, support: Mailbox) -> None:
        Mailbox.objects.filter(pk=support.pk).update(problem="The server refused.", problem_since=timezone.now())

        words = sentences(admin.get("/settings/mailboxes"))

        assert "The server refused." in words


class TestMailsNeedingALook:
    @pytest.fixture
    def left_out(self, support: Mailbox) -> StoredMail:
        taken = take_in(OUT_OF_OFFICE % 1, mailbox=support, at=AT)
        return StoredMail.objects.get(pk=taken.stored_mail_id, state="left_out")

    def test_the_list_masks_the_sender_and_says_why(self, admin: Client, left_out: StoredMail) -> None:
        words = sentences(admin.get("/settings/mails"))

        assert "l***@other.example" in words
        assert "li@other.example" not in words
        assert left_out.reason in words

    def test_pages_follow_each_other_without_a_gap(self, admin: Client, support: Mailbox) -> None:
        for number in range(53):
            take_in(OUT_OF_OFFICE % number, mailbox=support, at=AT + timedelta(seconds=number // 2))
        first = admin.get("/settings/mails").content.decode()
        older = re.search(r'href="(/settings/mails\?before=[^"]+)"', first)[1].replace("&amp;", "&")
        second = admin.get(older).content.decode()

        ids = [re.findall(r"/settings/mails/(\d+)", page) for page in (first, second)]
        known = StoredMail.objects.order_by("-stored_at", "-id").values_list("pk", flat=True)
        assert [int(one) for one in [*ids[0], *ids[1]]] == list(known)
        assert (len(ids[0]), len(ids[1])) == (50, 3)

    def test_a_mail_is_shown_as_text_that_can_do_nothing(self, admin: Client, left_out: StoredMail) -> None:
        page = admin.get(f"/settings/mails/{left_out.pk}")
        text = admin.get(f"/settings/mails/{left_out.pk}/text")

        assert "&lt;b&gt;I am away&lt;/b&gt;�" in page.content.decode()
        assert text["Content-Type"] == "text/plain; charset=utf-8"
        assert sorted(text["Content-Security-Policy"].split("; ")) == [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "sandbox",
        ]
        assert text["X-Content-Type-Options"] == "nosniff"

    def test_a_large_mail_is_cut_and_can_be_downloaded_whole(self, admin: Client, support: Mailbox) -> None:
        raw = OUT_OF_OFFICE % 7 + "很长的一封信".encode() * 20_000
        taken = take_in(raw, mailbox=support, at=AT)

        text = admin.get(f"/settings/mails/{taken.stored_mail_id}/text").content.decode()
        file = admin.get(f"/settings/mails/{taken.stored_mail_id}/file")

        assert "很长的一封信" in text
        assert len(text.encode()) < 201_000
        assert text.endswith("… cut here. Download the mail to read the rest.")
        assert file["Content-Disposition"] == f'attachment; filename="mail-{taken.stored_mail_id}.eml"'
        assert b"".join(file.streaming_content) == raw

    def test_a_mail_that_was_left_out_becomes_a_case_when_filed_again(
        self, admin: Client, left_out: StoredMail
    ) -> None:
        answer = admin.post(f"/settings/mails/{left_out.pk}/filing", follow=True)

        left_out.refresh_from_db()
        assert left_out.case is not None
        assert "The mail is filed." in sentences(answer)

    def test_filing_again_says_why_it_still_does_not_fit(self, admin: Client, left_out: StoredMail) -> None:
        admin.post(f"/settings/standards/{Standard.objects.get().pk}/activity", {"is_active": "0"})

        answer = admin.post(f"/settings/mails/{left_out.pk}/filing", follow=True)

        assert "The mail still could not be filed: No service standard fits this request" in sentences(answer)
        left_out.refresh_from_db()
        assert (left_out.state, left_out.case) == ("kept_raw", None)

    def test_a_mail_whose_bytes_are_gone_says_so(self, admin: Client, left_out: StoredMail) -> None:
        StoredMail.objects.update(digest="0" * 64)

        answer = admin.get(f"/settings/mails/{left_out.pk}")

        assert answer.status_code == 410

    def test_an_agent_of_another_department_does_not_see_it(
        self, house: House, client: Client, left_out: StoredMail
    ) -> None:
        account = house.chen.account
        revoke_role(grant=account.grants.get(), by=SYSTEM, at=AT)
        grant_role(account=account, role=Role.AGENT, department_id=house.other_department.pk, by=SYSTEM, at=AT)
        client.force_login(account)

        assert client.get(f"/settings/mails/{left_out.pk}").status_code == 404
        assert str(left_out.pk) not in re.findall(
            r"/settings/mails/(\d+)", client.get("/settings/mails").content.decode()
        )


def times(calendar_id: int, **changes) -> dict:
    return {
        "calendar": calendar_id,
        "first_response_minutes": 30,
        "next_answer_minutes": 60,
        "next_update_minutes": 120,
        "resolution_minutes": 600,
        "call_back_minutes": 120,
        "visit_minutes": 1440,
        "parts_minutes": 2880,
        "task_minutes": 480,
        "replacement_limit": 2,
        "warning_share": "0.80",
    } | changes


NEW = {"code": "vip", "name_zh": "贵宾", "name_en": "VIP", "tier": "platinum"}


class TestStandards:
    def test_a_new_standard_stands_before_the_one_for_everything(self, admin: Client, house: House) -> None:
        answer = admin.post("/settings/standards", NEW | times(house.calendar.pk))

        assert answer.status_code == 302
        assert [offer.code for offer in offers()] == ["vip", "basic"]

    def test_a_code_in_use_is_refused_beside_its_field(self, admin: Client, house: House) -> None:
        answer = admin.post("/settings/standards", NEW | times(house.calendar.pk) | {"code": "basic"})

        assert answer.status_code == 409
        assert "The code basic is already in use." in sentences(answer)

    def test_changing_gives_a_new_version_and_shows_the_history(self, admin: Client, house: House) -> None:
        pk = Standard.objects.get(code="basic").pk

        admin.post(f"/settings/standards/{pk}", times(house.calendar.pk, version_number=1))

        assert [str(offers()[0].first_response), offers()[0].version_number] == ["0:30:00", 2]
        words = sentences(admin.get(f"/settings/standards/{pk}"))
        assert "First response 30 min" in words
        assert "First response 2 h" in words

    def test_a_mended_standard_is_brought_to_the_chosen_open_cases(
        self, admin: Client, house: House, monkeypatch
    ) -> None:
        pk = Standard.objects.get(code="basic").pk
        # Monday 09:00 in Shanghai: three days of eight hours end on Wednesday, ten hours on Tuesday at 11:00.
        case, other = house.open(at=AT), house.open(at=AT)
        admin.post(f"/settings/standards/{pk}", times(house.calendar.pk, version_number=1))
        monkeypatch.setattr(repairs, "now", lambda: AT)
        address = f"/settings/standards/{pk}/repair"
        assert address in admin.get(f"/settings/standards/{pk}").content.decode()
        assert case.reference in sentences(admin.get(address))

        nothing = admin.post(address, {"reason": "typo"})
        answer = admin.post(address, {"reference": [case.reference, "YN-260101-0001"], "reason": "typo"})

        assert nothing.status_code == 422
        assert "Choose at least one case." in sentences(nothing)
        report = answer.context["report"]
        assert [bool(one.refusal) for one, _moves in report] == [False, True]
        assert report[1][0].refusal.sentence() in sentences(answer)
        moves = {move.kind: move.due_at for _kind, move in report[0][1]}
        assert moves["resolution"] == datetime(2026, 11, 3, 3, tzinfo=UTC)
        assert [one.case for one, _moves, _is_chosen in answer.context["repairs"]] == [other]

    def test_where_nothing_would_move_the_page_says_so(self, admin: Client, house: House) -> None:
        house.open(at=timezone.now())

        assert "Nothing would move" in sentences(admin.get(f"/settings/standards/{Standard.objects.get().pk}/repair"))

    def test_two_people_do_not_overwrite_each_other(self, admin: Client, house: House) -> None:
        pk = Standard.objects.get(code="basic").pk
        admin.post(f"/settings/standards/{pk}", times(house.calendar.pk, version_number=1))

        answer = admin.post(f"/settings/standards/{pk}", times(house.calendar.pk, version_number=1))

        assert answer.status_code == 409
        assert "Somebody saved version 2 meanwhile." in sentences(answer)

    def test_a_line_hidden_by_an_earlier_one_is_pointed_out(self, admin: Client, house: House) -> None:
        admin.post("/settings/standards", NEW | times(house.calendar.pk))
        pk = Standard.objects.get(code="vip").pk

        admin.post(f"/settings/standards/{pk}/place", {"direction": "down"})

        assert [offer.code for offer in offers()] == ["basic", "vip"]
        assert "Never taken: “Basic” above it fits everything this line fits." in sentences(
            admin.get("/settings/standards")
        )

    def test_a_standard_is_switched_off_and_on(self, admin: Client, house: House) -> None:
        admin.post("/settings/standards", NEW | times(house.calendar.pk))
        pk = Standard.objects.get(code="vip").pk

        admin.post(f"/settings/standards/{pk}/activity", {"is_active": "0"})
        assert [offer.code for offer in offers()] == ["basic"]

        admin.post(f"/settings/standards/{pk}/activity", {"is_active": "1"})
        assert [offer.code for offer in offers()] == ["vip", "basic"]

    @pytest.mark.parametrize(("tier", "taken"), [("platinum", "VIP"), ("standard", "Basic")])
    def test_trying_a_request_shows_the_line_it_takes(self, admin: Client, house: House, tier: str, taken: str) -> None:
        admin.post("/settings/standards", NEW | times(house.calendar.pk))

        page = admin.get("/settings/standards", {"tier": tier, "channel": "mail", "case_class": "routine"})

        assert page.context["tried"].offer_name == taken
        assert [line.standard.name_en for line in page.context["lines"] if line.is_taken] == [taken]

    def test_trying_without_a_fitting_line_says_what_to_do(self, admin: Client) -> None:
        admin.post(f"/settings/standards/{Standard.objects.get().pk}/activity", {"is_active": "0"})

        page = admin.get("/settings/standards", {"tier": "gold", "channel": "mail", "case_class": "routine"})

        assert "No service standard fits this request" in sentences(page)


def week(**changes) -> dict:
    hours = dict.fromkeys((f"{day}_open" for day in ("mon", "tue", "wed", "thu", "fri")), "09:00-18:00")
    return {"code": "shop", "name_zh": "门店", "name_en": "Shop", "zone": "Asia/Shanghai"} | hours | changes


def hours_of(code: str) -> BusinessCalendar:
    version = CalendarVersion.objects.filter(calendar__code=code).latest("number")
    return BusinessCalendar.from_json(version.definition)


class TestCalendars:
    def test_a_calendar_is_added_with_breaks_nights_and_listed_days(self, admin: Client) -> None:
        answer = admin.post(
            "/settings/calendars",
            week(
                mon_open="08:00-12:00, 13:00 - 20:00",
                tue_breaks="12:00-13:00",
                fri_open="22:00-06:00",
                holidays="2026-10-01 国庆节\n\n2026-10-02 国庆节",
                make_up_days="2026-10-10 国庆节\n2026-10-11 09:00-12:00 半天",
                exceptions="2026-12-31 09:00-12:00/10:00-10:30 盘点\n2026-12-24 closed 年会",
            ),
        )

        assert answer.status_code == 302
        stored = hours_of("shop").to_json()
        assert stored["weeks"][0]["hours"]["mon"] == {"open": ["08:00-12:00", "13:00-20:00"], "breaks": []}
        assert stored["weeks"][0]["hours"]["tue"] == {"open": ["09:00-18:00"], "breaks": ["12:00-13:00"]}
        assert stored["weeks"][0]["hours"]["fri"] == {"open": ["22:00-06:00"], "breaks": []}
        assert stored["holidays"] == [{"on": "2026-10-01", "name": "国庆节"}, {"on": "2026-10-02", "name": "国庆节"}]
        assert stored["make_up_days"] == [
            {"on": "2026-10-10", "name": "国庆节", "hours": None, "like": None},
            {"on": "2026-10-11", "name": "半天", "hours": {"open": ["09:00-12:00"], "breaks": []}, "like": None},
        ]
        assert stored["exceptions"] == [
            {"on": "2026-12-24", "name": "年会", "hours": {"open": [], "breaks": []}},
            {"on": "2026-12-31", "name": "盘点", "hours": {"open": ["09:00-12:00"], "breaks": ["10:00-10:30"]}},
        ]

    def test_saving_what_is_shown_changes_nothing_but_the_version(self, admin: Client) -> None:
        self.test_a_calendar_is_added_with_breaks_nights_and_listed_days(admin)
        before = hours_of("shop")
        pk = CalendarVersion.objects.get(calendar__code="shop").calendar_id
        form = admin.get(f"/settings/calendars/{pk}").context["form"]

        admin.post(f"/settings/calendars/{pk}", {name: form[name].value() or "" for name in form.fields})

        assert hours_of("shop") == before
        assert CalendarVersion.objects.filter(calendar_id=pk).count() == 2

    def test_later_weeks_and_weekday_likenesses_survive_an_edit(self, admin: Client, house: House) -> None:
        definition = hours_of("office").to_json()
        definition["weeks"].append({"from_on": "2099-05-01", "hours": {"mon": ["10:00-11:00"]}})
        definition["make_up_days"] = [{"on": "2026-10-10", "name": "国庆节", "like": "fri"}]
        CalendarVersion.objects.filter(calendar=house.calendar).update(definition=definition)
        before = hours_of("office")
        form = admin.get(f"/settings/calendars/{house.calendar.pk}").context["form"]

        admin.post(f"/settings/calendars/{house.calendar.pk}", {n: form[n].value() or "" for n in form.fields})

        assert CalendarVersion.objects.filter(calendar=house.calendar).count() == 2
        assert hours_of("office") == before

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"mon_open": "9-18"}, "mon_open", "“9-18” is not a span of opening hours."),
            (
                {"mon_breaks": "19:00-20:00"},
                "mon_breaks",
                "The break 19:00-20:00 does not lie within",
            ),
            ({"tue_open": "09:00-12:00, 11:00-18:00"}, "tue_open", "09:00-12:00 and 11:00-18:00 overlap."),
            ({"wed_open": "22:00-10:00"}, "wed_open", "22:00-10:00 and 09:00-18:00 overlap."),
            ({"zone": "Asia/Peking"}, "zone", "The time zone “Asia/Peking” is not known."),
            ({"holidays": "2026-10-01 a\n2026-13-01 b"}, "holidays", "Line 2: “2026-13-01” is not a date."),
            ({"holidays": "2026-10-01 a\n2026-10-01 b"}, "holidays", "Line 2: 2026-10-01 is listed twice"),
            ({"exceptions": "2026-10-01 party"}, "exceptions", "Line 1: “party” is not a span of opening hours."),
            ({"exceptions": "2026-10-01"}, "exceptions", "Line 1: “” is not a span of opening hours."),
            ({"make_up_days": "2026-10-10 =sun x"}, "make_up_days", "The make-up working day 2026-10-10 would have no"),
            (dict.fromkeys(("mon_open", "tue_open", "wed_open", "thu_open", "fri_open"), ""), "mon_open", "never open"),
        ],
    )
    def test_what_is_wrong_stands_beside_its_field(
        self, admin: Client, changes: dict, field: str, sentence: str
    ) -> None:
        answer = admin.post("/settings/calendars", week(**changes))

        assert answer.status_code == 422
        errors = answer.context["form"].errors
        assert list(errors) == [field]
        assert sentence in errors[field][0]
        assert not CalendarVersion.objects.filter(calendar__code="shop").exists()

    def test_a_code_in_use_does_not_change_the_other_calendar(self, admin: Client, house: House) -> None:
        answer = admin.post("/settings/calendars", week(code="office"))

        assert answer.status_code == 422
        assert "The code office is already in use." in sentences(answer)
        assert CalendarVersion.objects.filter(calendar=house.calendar).count() == 1

    def test_two_people_do_not_overwrite_each_other(self, admin: Client, house: House) -> None:
        form = week(code="office", version_number=0)

        answer = admin.post(f"/settings/calendars/{house.calendar.pk}", form)

        assert "Somebody saved version 1 meanwhile." in sentences(answer)

    def test_chinas_public_days_come_with_one_button(self, admin: Client, house: House) -> None:
        admin.post(f"/settings/calendars/{house.calendar.pk}/public-days")

        hours = hours_of("office")
        assert [str(hours.day(datetime(2026, 10, day, tzinfo=UTC).date()).kind) for day in (1, 10)] == [
            "holiday",
            "make_up_day",
        ]
        assert 2026 in hours.published_years

    def test_a_year_that_is_not_published_is_warned_of_two_months_ahead(self, admin: Client, house: House) -> None:
        definition = hours_of("office").to_json() | {"published_years": [1999]}
        CalendarVersion.objects.filter(calendar=house.calendar).update(definition=definition)
        years = sorted({timezone.localdate().year, (timezone.localdate() + timedelta(days=60)).year})

        words = sentences(admin.get("/settings/calendars"))

        assert f"The public holidays of {', '.join(map(str, years))} are not in it." in words


ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
    "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261001\r\nDTEND;VALUE=DATE:20261003\r\nSUMMARY:国庆节\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20261010\r\nSUMMARY:国庆节 补班\r\nEND:VEVENT\r\n"
    "END:VCALENDAR\r\n"
).encode()


class TestHolidayFiles:
    def post(self, admin: Client, house: House, content: bytes):
        file = SimpleUploadedFile("holidays.ics", content, content_type="text/calendar")
        return admin.post(f"/settings/calendars/{house.calendar.pk}/holiday-file", {"file": file, "years": ""})

    def test_nothing_changes_before_the_person_has_seen_what_would(self, admin: Client, house: House) -> None:
        preview = self.post(admin, house, ICS)

        assert [str(day.on) for day in preview.context["preview"].added] == ["2026-10-01", "2026-10-02", "2026-10-10"]
        assert hours_of("office").holidays == ()

        admin.post(
            f"/settings/calendars/{house.calendar.pk}/holidays",
            {"key": preview.context["key"], "complete_years": ["2026"]},
        )

        hours = hours_of("office")
        assert [str(day.on) for day in hours.holidays] == ["2026-10-01", "2026-10-02"]
        assert [str(day.on) for day in hours.make_up_days] == ["2026-10-10"]
        assert hours.published_years == (2026,)

    def test_a_file_that_is_no_calendar_is_refused_beside_its_field(self, admin: Client, house: House) -> None:
        answer = self.post(admin, house, b"not a calendar")

        assert answer.status_code == 422
        assert "This file cannot be read as a calendar." in answer.context["form"].errors["file"][0]

    def test_another_persons_file_cannot_be_taken_over(self, admin: Client, house: House) -> None:
        key = self.post(admin, house, ICS).context["key"]
        admin.force_login(house.zhao.account)

        answer = admin.post(f"/settings/calendars/{house.calendar.pk}/holidays", {"key": key}, follow=True)

        assert "The file was kept for an hour and is gone now." in sentences(answer)
        assert hours_of("office").holidays == ()


class TestOwnAccount:
    def test_a_key_is_shown_once_and_kept_as_a_hash(self, admin: Client) -> None:
        answer = admin.post("/settings/account/tokens", {"name": "orders", "scopes": ["cases:read"], "days": "30"})

        token = re.search(r"yn_[\w-]{43}", answer.content.decode())[0]
        row = ApiToken.objects.get()
        assert bytes(row.digest) == ApiToken.digest_of(token)
        assert row.expires_at - row.created_at == timedelta(days=30)
        assert token not in admin.get("/settings/account").content.decode()

    def test_a_key_is_revoked(self, admin: Client) -> None:
        admin.post("/settings/account/tokens", {"name": "orders", "scopes": ["cases:read"], "days": ""})

        admin.post(f"/settings/account/tokens/{ApiToken.objects.get().pk}/revocation")

        assert not ApiToken.objects.get().is_valid(at=timezone.now())

    def test_a_key_of_somebody_else_is_not_found(self, admin: Client, house: House) -> None:
        admin.post("/settings/account/tokens", {"name": "orders", "scopes": ["cases:read"], "days": ""})
        admin.force_login(house.chen.account)

        answer = admin.post(f"/settings/account/tokens/{ApiToken.objects.get().pk}/revocation")

        assert answer.status_code == 404
        assert ApiToken.objects.get().is_valid(at=timezone.now())


def test_health_shows_what_is_not_well_first_with_advice(admin: Client) -> None:
    page = admin.get("/settings/health")

    states = [one.is_well for one in page.context["findings"]]
    assert states == sorted(states)
    assert "Start `yinuo work`: without it nothing happens by itself." in sentences(page)


@pytest.mark.parametrize(
    ("who", "places"),
    [
        ("chen", ["Mails needing a look", "Canned answers", "My account", "My notifications"]),
        ("zhao", ["Standards", "Escalation", "Pledges", "Calendars", "My account", "My notifications"]),
    ],
)
def test_only_sections_that_open_are_offered(admin: Client, house: House, who: str, places: list[str]) -> None:
    admin.force_login(getattr(house, who).account)

    page = admin.get("/settings/", follow=True)

    assert [place.label for place in page.context["sections"]] == places
