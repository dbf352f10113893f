"""What `yinuo check`, /healthz and /metrics say of a sound installation, and of each thing that can be broken."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils.module_loading import autodiscover_modules
from prometheus_client.parser import text_string_to_metric_families

from yinuo.cases.tests.cast import BEGINNING, SYSTEM
from yinuo.foundation.calendars import china_public_calendar
from yinuo.foundation.clock import now
from yinuo.foundation.followers import known_followers
from yinuo.foundation.models import Heartbeat
from yinuo.foundation.tests.following import follow_everything
from yinuo.intake.mail.actions import MailboxDraft, save_mailbox, take_in
from yinuo.intake.mail.models import Mailbox, OutgoingMail, StoredMail
from yinuo.organisation.models import TeamMembership
from yinuo.standards.actions import save_calendar
from yinuo.web.health import Finding, findings


def found(at: datetime | None = None) -> dict[str, Finding]:
    return {one.name: one for one in findings(at or now())}


def trouble(at: datetime | None = None) -> dict[str, Finding]:
    """Return what is not well; each must say what to do."""
    found_trouble = {name: one for name, one in found(at).items() if not one.is_well}
    assert all(one.advice.endswith((".", "?", "。", "？")) for one in found_trouble.values()), found_trouble
    return found_trouble


@pytest.fixture
def alive(house):
    """An installation where everything is as it should be."""
    Heartbeat.objects.create(process="work:here:1", kind="work", seen_at=now())
    follow_all(behind=timedelta(0))
    return house


def follow_all(*, behind: timedelta) -> None:
    """Put every follower where the log ended that long ago, with one fact recorded then."""
    autodiscover_modules("facts", "reactions")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM foundation_follower")
        cursor.executemany(
            "INSERT INTO foundation_follower (name, tx, id) SELECT %s, max(tx), max(id) FROM foundation_fact",
            [[one.name] for one in known_followers()],
        )
        if behind:
            cursor.execute(
                "INSERT INTO foundation_fact (type, version, at, actor, payload, recorded_at) "
                "VALUES ('cases.case_opened', 1, now(), 'system:test', '{}', clock_timestamp() - %s)",
                [behind],
            )


@pytest.mark.django_db
def test_of_a_sound_installation_there_is_nothing_to_say(alive):
    assert trouble() == {}
    assert set(found()) == {
        "database", "tables", "clocks", "standards", "fallback team", "address", "workers", "followers", "promises",
        "outgoing mail", "mails kept raw", "disk",
    }  # fmt: skip


@pytest.mark.django_db
def test_an_empty_installation_lacks_a_standard_a_team_and_a_worker():
    assert {"standards", "fallback team", "workers"} <= set(trouble())


@pytest.mark.django_db
def test_tables_that_are_older_than_the_program_are_told_and_nothing_else_is_looked_at(alive):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'mail'")

    assert list(found()) == ["database", "tables"]
    assert "yinuo work" in trouble()["tables"].advice


@pytest.mark.django_db
def test_clocks_that_differ_are_told(alive):
    assert trouble(now() - timedelta(seconds=5))["clocks"].detail.startswith("5.")


@pytest.mark.django_db
def test_holidays_that_nobody_has_published_yet_are_told_for_the_calendar_that_needs_them(alive):
    save_calendar(
        code="cn",
        name_zh="中国",
        name_en="China",
        definition=china_public_calendar().to_json(),
        by=SYSTEM,
        at=BEGINNING,
    )

    assert "calendar cn" not in found(datetime(2026, 6, 1, tzinfo=UTC))
    told = trouble(datetime(2031, 12, 15, tzinfo=UTC))["calendar cn"]
    assert "2031" in told.detail
    assert "2032" in told.detail


@pytest.mark.django_db
def test_a_fallback_team_that_everybody_left_is_told(alive):
    TeamMembership.objects.all().delete()

    assert set(trouble()) == {"fallback team"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "is_told"),
    [("http://desk.example", True), ("https://desk.example", False), ("http://localhost:8000", False)],
)
def test_links_for_customers_need_an_encrypted_address(alive, settings, address, is_told):
    settings.SITE_URL = address

    assert ("address" in trouble()) is is_told


@pytest.mark.django_db
def test_a_worker_that_was_not_seen_for_half_a_minute_is_told(alive):
    Heartbeat.objects.update(seen_at=now() - timedelta(seconds=31))

    assert set(trouble()) == {"workers"}


@pytest.mark.django_db
def test_a_follower_that_is_behind_is_named(alive):
    follow_all(behind=timedelta(seconds=90))

    told = trouble()
    assert set(told) == {"followers"}
    assert "mail.acknowledge 9" in told["followers"].detail


@pytest.mark.django_db
def test_a_promise_that_fell_due_and_was_not_acted_on_is_told(alive):
    alive.open(at=now() - timedelta(days=30))
    follow_all(behind=timedelta(0))

    assert set(trouble()) == {"promises"}


@pytest.fixture
def mailbox(alive) -> Mailbox:
    draft = MailboxDraft(address="support@henuan.example", sender_name="禾暖", in_host="imap", out_host="smtp")
    save_mailbox(draft=draft, team=alive.team, by=SYSTEM, at=BEGINNING)
    Mailbox.objects.update(looked_at=now())
    follow_all(behind=timedelta(0))
    return Mailbox.objects.get()


@pytest.mark.django_db
def test_a_mailbox_that_cannot_be_read_or_is_not_looked_into_is_told(mailbox):
    assert trouble() == {}

    Mailbox.objects.update(problem="The mail server imap was not found.")
    assert trouble()["mailbox support@henuan.example"].detail == "The mail server imap was not found."

    Mailbox.objects.update(problem="", looked_at=now() - timedelta(minutes=16))
    assert set(trouble()) == {"mailbox support@henuan.example"}

    Mailbox.objects.update(is_active=False)
    assert trouble() == {}


@pytest.mark.django_db(transaction=True)
def test_mails_that_wait_or_were_kept_raw_are_told(mailbox):
    take_in(b"", mailbox=mailbox, at=now())
    follow_all(behind=timedelta(0))
    assert {name: one.detail for name, one in trouble().items()} == {"mails kept raw": "1"}
    StoredMail.objects.all().delete()

    follow_everything("mail.")
    wrote = b"From: wang@qq.example\r\nMessage-ID: <1@qq.example>\r\nSubject: x\r\n\r\nx"
    taken = take_in(wrote, mailbox=mailbox, at=now())
    assert OutgoingMail.objects.count() == 0
    follow_everything("mail.")
    OutgoingMail.objects.update(queued_at=now() - timedelta(minutes=16))
    Mailbox.objects.update(looked_at=now())
    follow_all(behind=timedelta(0))
    assert {name: one.detail for name, one in trouble().items()} == {"outgoing mail": "1 waiting for long"}
    assert OutgoingMail.objects.get().case_id == taken.case_id


@contextmanager
def tiny_disk(folder: Path) -> Iterator[Path]:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here; run as root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.django_db
def test_a_disk_with_little_room_is_told(alive, tmp_path, monkeypatch):
    with tiny_disk(tmp_path) as folder:
        monkeypatch.setenv("YINUO_HOME", str(folder))

        assert trouble()["disk"].detail.startswith("1 MB")


@contextmanager
def no_database() -> Iterator[None]:
    """Let new connections fail, as when the server is gone."""
    host = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["HOST"] = host


@pytest.mark.django_db(transaction=True)
def test_healthz_and_measures_answer_with_and_without_a_database(alive, client):
    alive.open(at=now())
    assert (client.get("/healthz").status_code, client.get("/healthz").json()) == (200, {"status": "ok"})
    measures = measures_of(client.get("/metrics"))
    assert {name: measures[name] for name in ("database_up", "open_cases", "workers", "queued_mails")} == {
        "database_up": 1,
        "open_cases": 1,
        "workers": 1,
        "queued_mails": 0,
    }

    with no_database():
        healthz, metrics = client.get("/healthz"), client.get("/metrics")
        [database] = findings(now())

    assert (healthz.status_code, metrics.status_code) == (503, 200)
    assert measures_of(metrics)["database_up"] == 0
    assert (database.name, database.is_well) == ("database", False)
    assert "DATABASE_URL" in database.advice


def measures_of(response) -> dict[str, float]:
    families = text_string_to_metric_families(response.content.decode())
    samples = [sample for family in families for sample in family.samples]
    return {sample.name.removeprefix("yinuo_"): sample.value for sample in samples if not sample.labels}


@pytest.mark.django_db
def test_measures_are_for_this_machine_or_whoever_has_the_token(client, monkeypatch):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404

    monkeypatch.setenv("YINUO_METRICS_TOKEN", "secret-7")
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    wrong, right = ({"Authorization": f"Bearer {token}"} for token in ("secret-8", "secret-7"))
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers=wrong).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers=right).status_code == 200
