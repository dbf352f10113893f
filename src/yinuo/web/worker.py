"""`yinuo work`: runs followers, timed work and mailboxes until told to stop. Any number of workers may run."""

import logging
import os
import signal
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

from django.db import close_old_connections, connection
from django.utils.module_loading import autodiscover_modules

from yinuo.foundation.clock import now
from yinuo.foundation.followers import Follower, catch_up, horizon_position, known_followers, newest_position
from yinuo.foundation.models import Heartbeat
from yinuo.foundation.timers import Timer, known_timers
from yinuo.intake.mail.watching import MailboxWatchers

log = logging.getLogger("yinuo.worker")
_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 1.0
_HEARTBEAT_SECONDS = 5.0
_LONGEST_BACK_OFF_SECONDS = 60.0
_FORGET_PROCESSES_AFTER = timedelta(days=1)
# All threads together: what is not done by then is undone by the database, and done anew by the next worker.
_STOP_SECONDS = 9.0


def work(stop: threading.Event) -> None:
    """Run everything in threads until `stop` is set, then let each finish what it has begun."""
    autodiscover_modules("facts", "reactions", "tasks")
    lanes: dict[str, list[Timer]] = defaultdict(list)
    for timer in known_timers():
        lanes[timer.lane].append(timer)
    jobs: dict[str, Callable[[], None]] = {
        "followers": lambda: _follow(known_followers(), stop),
        "heartbeat": lambda: _beat(stop),
        "mailboxes": MailboxWatchers(stop).run,
        **{f"lane-{lane}": (lambda timers=timers: _run_timers(timers, stop)) for lane, timers in lanes.items()},  # type: ignore[misc]
    }
    threads = [threading.Thread(target=job, name=name, daemon=True) for name, job in jobs.items()]
    for thread in threads:
        thread.start()
    log.info("worker started", extra={"jobs": sorted(jobs)})
    stop.wait()
    end = time.monotonic() + _STOP_SECONDS
    for thread in threads:
        thread.join(timeout=max(0.0, end - time.monotonic()))
    unfinished = [thread.name for thread in threads if thread.is_alive()]
    log.info("worker stopped", extra={"unfinished": unfinished})


def stop_on_signals() -> threading.Event:
    """Return the event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _follow(followers: list[Follower], stop: threading.Event) -> None:
    patience = {one.name: _Patience() for one in followers}
    all_read_up_to: tuple[int, int] | None = None
    while not stop.is_set():
        close_old_connections()
        try:
            newest, horizon = newest_position(), horizon_position()
        except Exception:  # the database is away for a moment
            log.exception("log could not be read")
            stop.wait(_LONGEST_PAUSE_SECONDS)
            continue
        if newest == all_read_up_to:
            stop.wait(_PAUSE_SECONDS)
            continue
        handled = [_catch_up(one, patience[one.name]) for one in followers]
        if not any(handled) and all(count is not None for count in handled) and newest <= horizon:
            all_read_up_to = newest
        if not any(handled):
            stop.wait(_PAUSE_SECONDS)
    connection.close()


def _catch_up(one: Follower, patience: "_Patience") -> int | None:
    """Return how many facts were handled; None when this follower failed or still rests from a failure."""
    if not patience.is_over():
        return None
    try:
        count = catch_up(one)
    except Exception:  # the others go on; this one is tried again from where it was
        log.exception("follower failed", extra={"follower": one.name})
        patience.failed()
        return None
    patience.went_well()
    return count


def _run_timers(timers: list[Timer], stop: threading.Event) -> None:
    due = dict.fromkeys((timer.name for timer in timers), 0.0)
    patience = {timer.name: _Patience() for timer in timers}
    while not stop.is_set():
        close_old_connections()
        for timer in timers:
            if time.monotonic() >= due[timer.name] and not stop.is_set():
                due[timer.name] = time.monotonic() + _run_timer(timer, patience[timer.name])
        pause = min(due.values()) - time.monotonic()
        stop.wait(max(0.0, min(pause, _LONGEST_PAUSE_SECONDS)))
    connection.close()


def _run_timer(timer: Timer, patience: "_Patience") -> float:
    """Run one piece of timed work and return in how many seconds it is due again: at once when it did something."""
    try:
        did = timer.run(now())
    except Exception:  # one piece of timed work must not stop the others of its lane
        log.exception("timed work failed", extra={"timer": timer.name})
        return max(patience.failed(), timer.every.total_seconds())
    patience.went_well()
    return 0.0 if did else timer.every.total_seconds()


def _beat(stop: threading.Event) -> None:
    name = f"work:{socket.gethostname()}:{os.getpid()}"
    while not stop.is_set():
        close_old_connections()
        try:
            Heartbeat.objects.update_or_create(process=name, defaults={"kind": "work", "seen_at": now()})
            Heartbeat.objects.filter(seen_at__lt=now() - _FORGET_PROCESSES_AFTER).delete()
        except Exception:  # the health page shows the missing beat
            log.exception("heartbeat failed")
        stop.wait(_HEARTBEAT_SECONDS)
    try:
        Heartbeat.objects.filter(process=name).delete()
    except Exception:  # a database that is stopped together with us: the beat grows old by itself
        log.exception("heartbeat could not be taken back")
    connection.close()


class _Patience:
    """Waits longer after each failure in a row: 1 s, 2 s, 4 s … up to a minute."""

    def __init__(self) -> None:
        self.failure_count = 0
        self.rests_until = 0.0

    def is_over(self) -> bool:
        return time.monotonic() >= self.rests_until

    def failed(self) -> float:
        """Return for how many seconds to rest after one more failure."""
        self.failure_count += 1
        rest = min(2.0 ** min(self.failure_count - 1, 10), _LONGEST_BACK_OFF_SECONDS)
        self.rests_until = time.monotonic() + rest
        return rest

    def went_well(self) -> None:
        self.failure_count = 0
