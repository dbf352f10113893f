"""How the installation fares: for people (`yinuo check`), load balancers (/healthz) and Prometheus (/metrics)."""

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from prometheus_client import Gauge

from yinuo.cases.models import Case, Promise
from yinuo.foundation.calendars import BusinessCalendar
from yinuo.foundation.followers import known_followers, lag_seconds
from yinuo.foundation.home import home
from yinuo.foundation.models import CalendarVersion, Heartbeat
from yinuo.intake.mail.models import Mailbox, OutgoingMail, StoredMail
from yinuo.organisation.models import Team
from yinuo.standards.models import Standard

from .setup import first_run

log = logging.getLogger("yinuo.web")
_ALIVE_WITHIN = timedelta(seconds=30)
_LAG_SECONDS = 60.0
_SILENT_FOR = timedelta(minutes=15)
_FREE_BYTES = 1_000_000_000

DATABASE_UP = Gauge("yinuo_database_up", "1 when the database answers; the measures below are old when it does not.")
OPEN_CASES = Gauge("yinuo_open_cases", "Cases that are open.")
LATE_PROMISES = Gauge("yinuo_late_promises", "Live promises past their time that were not acted on yet.")
QUEUED_MAILS = Gauge("yinuo_queued_mails", "Outgoing mails that wait.")
MAILS_TO_LOOK_AT = Gauge("yinuo_mails_kept_raw", "Mails that could not be filed.")
FOLLOWER_LAG = Gauge("yinuo_follower_lag_seconds", "Age of the oldest fact a follower has not handled.", ["follower"])
WORKERS = Gauge("yinuo_workers", "Workers seen alive within half a minute.")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `advice` is a sentence that says what to do when it is not well."""

    name: str
    is_well: bool
    detail: str
    advice: str = ""

    @property
    def label(self) -> str:
        """Return the name as people read it; what is about one thing names it behind a blank."""
        kind, _blank, one = self.name.partition(" ")
        labels = {
            "database": _("Database"),
            "tables": _("Tables"),
            "clocks": _("Clocks"),
            "setup": _("Setup"),
            "standards": _("Standards"),
            "fallback team": _("Fallback team"),
            "address": _("Address"),
            "workers": _("Workers"),
            "followers": _("Followers"),
            "promises": _("Promises"),
            "outgoing mail": _("Outgoing mail"),
            "mails kept raw": _("Mails needing a look"),
            "disk": _("Disk"),
        }
        of_one = {"calendar": _("Calendar"), "mailbox": _("Mailbox")}
        return labels.get(self.name) or (f"{of_one[kind]} {one}" if kind in of_one else self.name)


def findings(at: datetime) -> Iterator[Finding]:
    """Yield what was looked at, in order of how much depends on it; stops where the rest cannot be seen."""
    database = _database()
    yield database
    if not database.is_well:
        return
    tables = _tables()
    yield tables
    if not tables.is_well:
        return
    looks: tuple[Callable[[datetime], Iterator[Finding]], ...] = (
        _clocks, _configuration, _workers, _followers, _promises, _mail, _disk,
    )  # fmt: skip
    for look in looks:
        yield from look(at)


def update_gauges(at: datetime) -> None:
    """Set the measures that are read from the database when Prometheus asks."""
    try:
        _update_gauges(at)
    except Error:
        log.exception("measures could not be read")
        DATABASE_UP.set(0)
    else:
        DATABASE_UP.set(1)


def _update_gauges(at: datetime) -> None:
    OPEN_CASES.set(Case.objects.open().count())
    LATE_PROMISES.set(Promise.objects.filter(is_live=True, due_at__lt=at).count())
    QUEUED_MAILS.set(OutgoingMail.objects.filter(state=OutgoingMail.State.QUEUED).count())
    MAILS_TO_LOOK_AT.set(StoredMail.objects.filter(state=StoredMail.State.KEPT_RAW).count())
    WORKERS.set(Heartbeat.objects.filter(kind="work", seen_at__gt=at - _ALIVE_WITHIN).count())
    for name, seconds in _lags().items():
        FOLLOWER_LAG.labels(name).set(seconds)


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
            version, size = cursor.fetchone()
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is what the finding says
        advice = _("Start the database, or correct DATABASE_URL.")
        return Finding("database", False, str(problem).splitlines()[0], advice)
    return Finding("database", True, f"PostgreSQL {version}, {size // 1_000_000} MB")


def _tables() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    advice = _("Start `yinuo serve` or `yinuo work`: they bring the tables up to date before anything else.")
    return Finding(
        "tables",
        waiting == 0,
        _("%(count)s changes are still to be made") % {"count": waiting} if waiting else "",
        advice,
    )


def _clocks(at: datetime) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = abs((cursor.fetchone()[0] - at).total_seconds())
    advice = _("Set the clocks of this machine and of the database by NTP: promises depend on them.")
    yield Finding("clocks", apart < 2, _("%(seconds)s s apart") % {"seconds": f"{apart:.1f}"}, advice)  # noqa: PLR2004 - seconds
    for version in (
        CalendarVersion.objects.select_related("calendar").order_by("calendar_id", "-number").distinct("calendar_id")
    ):
        missing = BusinessCalendar.from_json(version.definition).unpublished_years(
            at.date(), (at + timedelta(days=60)).date()
        )
        if missing:
            years = ", ".join(map(str, missing))
            detail = _("the public holidays of %(years)s are not in it") % {"years": years}
            advice = _("Import the holidays once they are published, or promises in that year may be wrong.")
            yield Finding(f"calendar {version.calendar.code}", False, detail, advice)


def _configuration(_at: datetime) -> Iterator[Finding]:
    if first_run.is_empty():
        # Only the terminal sees this: while nobody can sign in, no page shows findings.
        advice = _("Open %(url)s/setup and type the code %(code)s.")
        advice %= {"url": settings.SITE_URL, "code": first_run.setup_code()}
        yield Finding("setup", False, _("nobody can sign in yet"), advice)
    advice = _("Add a last standard without conditions in the settings, or some requests cannot be promised a time.")
    catch_all = Standard.objects.filter(is_active=True, tier="", channel="", case_class="", category="", region_code="")
    yield Finding(
        "standards",
        catch_all.exists(),
        _("%(count)s in use") % {"count": Standard.objects.filter(is_active=True).count()},
        advice,
    )
    advice = _("Mark one team as the fallback team in the settings, and put somebody in it.")
    fallback = Team.objects.filter(is_fallback=True, staff__left_at=None, staff__isnull=False)
    yield Finding("fallback team", fallback.exists(), "", advice)
    is_safe = settings.SITE_URL.startswith("https://") or "127.0.0.1" in settings.SITE_URL
    advice = _("Set YINUO_URL to the https address that customers use: their links are made from it.")
    yield Finding("address", is_safe or "localhost" in settings.SITE_URL, settings.SITE_URL, advice)


def _workers(at: datetime) -> Iterator[Finding]:
    alive = Heartbeat.objects.filter(kind="work", seen_at__gt=at - _ALIVE_WITHIN).count()
    yield Finding(
        "workers",
        alive > 0,
        _("%(count)s alive") % {"count": alive},
        _("Start `yinuo work`: without it nothing happens by itself."),
    )


def _followers(_at: datetime) -> Iterator[Finding]:
    lags = _lags()
    late = {name: seconds for name, seconds in lags.items() if seconds >= _LAG_SECONDS}
    detail = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in late.items()) or _("%(count)s up to date") % {
        "count": len(lags)
    }
    advice = _("Is `yinuo work` running? Otherwise look for “follower failed” in its log.")
    yield Finding("followers", not late, detail, advice)


def _lags() -> dict[str, float]:
    # Followers are the worker's; a process that only serves pages has not met them yet.
    autodiscover_modules("facts", "reactions")
    return {one.name: lag_seconds(one) for one in known_followers()}


def _promises(at: datetime) -> Iterator[Finding]:
    late = Promise.objects.filter(is_live=True, due_at__lt=at - timedelta(seconds=30)).count()
    advice = _("Start `yinuo work`, or a second one: promises that fell due are not acted on.")
    yield Finding("promises", late == 0, _("%(count)s due and not acted on") % {"count": late}, advice)


def _mail(at: datetime) -> Iterator[Finding]:
    for mailbox in Mailbox.objects.filter(is_active=True).defer("in_password", "out_password").order_by("address"):
        silent = mailbox.looked_at is None or at - mailbox.looked_at > _SILENT_FOR
        advice = _("Nobody looked into it for a while: is `yinuo work` running?")
        if mailbox.problem:
            advice = _("Mend what is said here, or correct the mailbox in the settings; it is tried again by itself.")
        yield Finding(f"mailbox {mailbox.address}", not mailbox.problem and not silent, mailbox.problem, advice)
    waiting = OutgoingMail.objects.filter(state=OutgoingMail.State.QUEUED, queued_at__lt=at - _SILENT_FOR).count()
    advice = _("See the mailbox's outgoing settings; the mails are tried again by themselves.")
    yield Finding("outgoing mail", waiting == 0, _("%(count)s waiting for long") % {"count": waiting}, advice)
    raw = StoredMail.objects.filter(state=StoredMail.State.KEPT_RAW).count()
    yield Finding("mails kept raw", raw == 0, str(raw), _("Open Settings, Mails needing a look, and file them again."))


def _disk(_at: datetime) -> Iterator[Finding]:
    home().root.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(home().root).free
    advice = _("Free some space where YINUO_HOME lies: attachments and the database need it.")
    yield Finding(
        "disk", free > _FREE_BYTES, _("%(megabytes)s MB free at YINUO_HOME") % {"megabytes": free // 1_000_000}, advice
    )
