# ruff: noqa: PLR2004 - shares of an invented world stand where they are used.
"""The pen that writes a case: each method adds what one person does and moves the time on."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random

from yinuo.demo.company import wording
from yinuo.demo.company.hours import after_open_time, next_open
from yinuo.demo.company.values import COMPANY_ZONE, Customer, Photo, Scenario, Standard, Turn

_VISIT_HOURS = (9, 10, 11, 13, 14, 15, 16, 18)


@dataclass
class Course:
    """One case in the making. `now` is the instant reached; `promised_until` what the last answer promised."""

    random: Random
    scenario: Scenario
    customer: Customer
    channel: str
    owner: str
    standard: Standard
    slots: dict[str, str]
    now: datetime
    slow: str
    turns: list[Turn] = field(default_factory=list)
    promised_until: datetime | None = None
    broke_promise: bool = False
    visit_at: datetime | None = None
    answered: bool = False

    # What the customer does

    def opens(self) -> None:
        """The first message, in the customer's voice or as the clerk at phone and counter types it."""
        self._place_date()
        if self.channel in {"phone", "counter"}:
            text = wording.note_text(self.random, self.scenario, self.customer, self.slots, self.channel)
        else:
            text = wording.opening_text(self.random, self.scenario, self.customer, self.slots)
        written = self.channel != "phone"
        photos = self._photos() if written and self.random.random() < self.scenario.photo_share else ()
        self._add("message", "customer", text, photos=photos)

    def customer_writes(self, kind: str) -> None:
        """A later word of the customer, some hours after the last answer and before the promised time is over."""
        shared = wording.phrases()[self.customer.language]["follow"]
        texts = shared.get(kind) or self.scenario.texts[self.customer.language][kind]
        text = wording.fill(self.random, self.random.choice(texts), self.slots)
        wait = timedelta(
            minutes=self.random.randint(4, 40)
            if kind in {"ask", "serial", "photo", "time", "confirm"}
            else self.random.randint(15, 200)
        )
        if kind == "hurry" and self.promised_until is not None and self.promised_until > self.now:
            wait = (self.promised_until - self.now) * self.random.uniform(0.4, 0.85)
        said_at = self._awake(self.now + wait)
        # Whoever asks in vain asks before the promised time; afterwards it is anger, and another matter.
        latest = self.promised_until - timedelta(minutes=20) if kind == "hurry" and self.promised_until else said_at
        self.now = max(min(said_at, latest), self.now + timedelta(minutes=1))
        photos = self._photos() if kind == "photo" else ()
        self._add("message", "customer", self._spoken(text), photos=photos)

    # What the company does

    def first_answer(self, at: datetime) -> None:
        if self.slow == "first_response":
            self.broke_promise = True
            if self.random.random() < 0.35:
                self.now += (at - self.now) * 0.8
                self.customer_writes("hurry")
        self.now = max(at, self.now + timedelta(minutes=3))
        apology = self._phrase("sorry_first") if self.broke_promise else ""
        self._reply(self._phrase("hello"), apology + self._template("first"))

    def answers(self, kind: str) -> None:
        """Answer a later word of the customer within the standard's next answer."""
        if kind == "time":
            self._choose_visit()
        self._on_time(timedelta(minutes=self.random.randint(6, 75)))
        self._not_too_late()
        self._reply(self._phrase("again"), self._phrase(kind), keep_promise=kind in {"ask", "confirm"})

    def progress(self, within: timedelta | None = None) -> None:
        self._keeps_word(within)
        generic = "progress_office" if self.scenario.flow == "office" else "progress"
        self._reply(self._phrase("again"), self._template("progress" if self.has("progress") else generic))

    def arranges_visit(self) -> None:
        self._keeps_word()
        self._choose_visit()
        self._reply(self._phrase("again"), self._template("arrange"))

    def visit_happens(self) -> None:
        """The visiting window passes; most times the dispatcher files the job sheet."""
        if self.visit_at is None:
            self._choose_visit()
        self.now = max(self.now, (self.visit_at or self.now) + timedelta(minutes=self.random.randint(35, 85)))
        self.slots["clock"] = f"{self.now.astimezone(COMPANY_ZONE):%H:%M}"
        if self.random.random() < 0.6:
            self.notes("visit_note")

    def solution(self, outcome: str) -> None:
        self._keeps_word()
        texts = self.scenario.texts[self.customer.language]
        use = outcome if outcome in texts or outcome in {"not_reachable", "replaced", "refunded"} else "solution"
        if outcome == "explained" and "solution" not in texts:
            use = "explained"
        emergency = self.scenario.flow == "emergency"
        hours = timedelta(hours=self.random.randint(10, 12))
        due = wording.round_down(after_open_time(self.now, hours, self.standard.calendar))
        self.promised_until = self._next_nine() + timedelta(minutes=30) if emergency else self._sayable(due)
        closing = "" if use == "not_reachable" or emergency else self._closing_sentence()
        self._reply(self._phrase("again"), self._template(use) + closing, keep_promise=True)

    def next_morning_check(self) -> None:
        self.now = self._next_nine() + timedelta(minutes=self.random.randint(0, 12))
        self._reply(self._phrase("again"), self._phrase("check"))
        self.promised_until = None

    @property
    def excuse_count(self) -> int:
        return len(self._excuses())

    def _excuses(self) -> list[str]:
        use = "stalled_office" if self.scenario.flow == "office" else "stalled"
        excuses: list[str] = wording.phrases()[self.customer.language]["reply"][use]
        return excuses

    def stalls(self, count: int) -> None:
        """The next of the excuses, in their order; the customer hears it before the time promised last."""
        if count == 0:
            self._keeps_word()
        else:
            self.waits_open(timedelta(hours=self.random.randint(52, 70)))
        limit = after_open_time(self.now, timedelta(hours=74), "service")
        self._place_date(days=self.random.randint(5, 9))
        text = wording.fill(self.random, self._excuses()[count], {**self.slots, **_OPEN_TIMES})
        self._reply(self._phrase("again"), text, promise=wording.round_down(limit))

    def notes(self, kind: str = "") -> None:
        """An internal note, soon after what happened before."""
        self.now += timedelta(minutes=self.random.randint(1, 9))
        text = self._phrase(kind) if kind else self._template("note")
        self._add("note", self.owner, text)

    def closes(self, outcome: str, *, confirmed: bool = False) -> None:
        self.now += timedelta(seconds=self.random.randint(20, 240))
        self._add(
            "close",
            self.owner,
            "" if outcome == "spam" else self._phrase("close_confirmed" if confirmed else "close_silent"),
            outcome=outcome,
        )

    def reopens(self) -> None:
        """The trouble is back: a message, the case open again, an answer."""
        self.now = self._awake(self.now + timedelta(hours=self.random.randint(9, 70)))
        self._add("message", "customer", self._spoken(self._phrase("again", kind="follow")))
        self.now += timedelta(seconds=2)
        self._add("reopen", "customer")
        self._on_time(timedelta(minutes=self.random.randint(8, 80)))
        self._reply(self._phrase("again"), self._phrase("reopened"))

    def resolves_again(self) -> None:
        self._keeps_word()
        self._reply(self._phrase("again"), self._phrase("resolved_again"), keep_promise=True)

    def has(self, kind: str) -> bool:
        return bool(self.scenario.texts[self.customer.language].get(kind))

    def waits(self, span: timedelta) -> None:
        self.now += span

    def waits_open(self, span: timedelta) -> None:
        self.now = after_open_time(self.now, span, "service") + timedelta(seconds=self.random.randint(0, 900))

    # Time

    def _keeps_word(self, within: timedelta | None = None) -> None:
        """Move on to the next word of ours: before the promised instant, or, once in a while, after it."""
        earliest = next_open(self.now + timedelta(minutes=2), self.standard.calendar)
        if self.promised_until is None or self.promised_until <= earliest:
            self._on_time(within or timedelta(minutes=self.random.randint(20, 200)))
            return
        if self.slow == "next_answer" and not self.broke_promise:
            self._breaks_word()
            return
        span = (self.promised_until - earliest) * self.random.triangular(0.2, 0.97, 0.75)
        self.now = self._in_hours(earliest + span, not_after=self.promised_until)

    def _breaks_word(self) -> None:
        self.broke_promise = True
        self.now = self._awake((self.promised_until or self.now) + timedelta(minutes=self.random.randint(12, 150)))
        if self.random.random() < 0.7:
            self._add("message", "customer", self._spoken(self._phrase("angry", kind="follow")))
        self._on_time(timedelta(minutes=self.random.randint(15, 100)))
        self.slots["apology"] = self._phrase("sorry")

    def _on_time(self, work: timedelta) -> None:
        opened = next_open(self.now, self.standard.calendar)
        ceiling = self.standard.next_answer * 0.9
        self.now = after_open_time(opened, min(work, ceiling), self.standard.calendar)

    def _next_nine(self) -> datetime:
        """Nine in the morning, at least five hours away."""
        local = self.now.astimezone(COMPANY_ZONE)
        day = local.date() + timedelta(days=0 if local.hour < 4 else 1)
        return datetime.combine(day, time(9), COMPANY_ZONE)

    def _not_too_late(self) -> None:
        """Bring an answer forward to the instant promised before, as far as the customer's word allows."""
        if self.promised_until is not None and self.now >= self.promised_until:
            earliest = self.turns[-1].at.astimezone(COMPANY_ZONE) + timedelta(minutes=2)
            self.now = max(self.promised_until - timedelta(minutes=2), earliest)

    def _in_hours(self, at: datetime, *, not_after: datetime) -> datetime:
        opened = next_open(at, self.standard.calendar)
        if opened > at:
            # The first hour of the day is for what waited overnight.
            opened += min(timedelta(minutes=self.random.randint(1, 70)), max(not_after - opened, timedelta()) * 0.9)
        return min(opened, not_after - timedelta(minutes=1))

    def _awake(self, at: datetime) -> datetime:
        local = at.astimezone(COMPANY_ZONE)
        if self.scenario.case_class == "emergency" or 7 <= local.hour < 23:
            return local
        day = local.date() + timedelta(days=1 if local.hour >= 23 else 0)
        return datetime.combine(day, time(7, 10), COMPANY_ZONE) + timedelta(minutes=self.random.randint(0, 150))

    def _choose_visit(self) -> None:
        local = self.now.astimezone(COMPANY_ZONE)
        day = local.date() + timedelta(days=self.random.choice((1, 1, 1, 2)))
        self.visit_at = datetime.combine(day, time(self.random.choice(_VISIT_HOURS)), COMPANY_ZONE)

    def _place_date(self, days: int = 0) -> None:
        day = self.now.astimezone(COMPANY_ZONE).date() + timedelta(days=days or self.random.randint(2, 5))
        self.slots["date"] = wording.spoken_day(day, self.customer.language)

    # Words

    def _reply(self, hello: str, body: str, *, keep_promise: bool = False, promise: datetime | None = None) -> None:
        """Add a public answer; fill the times it names and remember what it promised."""
        if promise is None and not keep_promise:
            promise = self._promise_for(body)
        kept = self.promised_until if keep_promise else promise
        text = wording.fill(self.random, body, {**self.slots, **self._time_slots(kept)})
        apology = self.slots.pop("apology", "")
        self.promised_until = kept
        self.now = self.now.replace(second=self.random.randint(1, 50))
        if self.channel in {"phone", "counter"} and self.customer.language == "zh":
            spoken = wording.as_call_record(apology + text)
        else:
            spoken = (
                hello + apology + text + (self._phrase("sign") if not self.answered or self.channel == "mail" else "")
            )
        self.answered = True
        self._add("reply", self.owner, spoken.strip(), promised_until=kept)

    def _promise_for(self, body: str) -> datetime | None:
        if "{visit}" in body:
            if self.visit_at is None or self.visit_at < self.now:
                self._choose_visit()
            return (self.visit_at or self.now) + timedelta(hours=2)
        if "{by}" not in body:
            return None
        within = self.standard.next_answer * self.random.uniform(0.55, 0.97)
        due = wording.round_down(after_open_time(self.now, within, self.standard.calendar))
        if due <= self.now + timedelta(minutes=20):
            due = self.now.replace(second=0, microsecond=0) + timedelta(minutes=self.random.choice((35, 40, 45)))
        return self._sayable(due)

    def _sayable(self, due: datetime) -> datetime:
        """Nobody promises midnight, nor the minute the office opens: that is the evening before."""
        if (due.hour, due.minute) == (0, 0):
            return due - timedelta(minutes=30)
        evening = due - timedelta(hours=12)
        opens = self.standard.calendar == "service" and (due.hour, due.minute) == (8, 0)
        return evening if opens and evening > self.now + timedelta(minutes=20) else due

    def _time_slots(self, promise: datetime | None) -> dict[str, str]:
        language = self.customer.language
        made = {"visit": "", "by": "", "later": ""}
        if promise is not None:
            made["by"] = made["later"] = wording.spoken_deadline(promise, self.now, language)
            made["later"] = made["by"].removesuffix("前").replace("by ", "at ", 1)
        if self.visit_at is None or self.visit_at < self.now:
            self._choose_visit()
        made["visit"] = wording.spoken_window(self.visit_at or self.now, 2, self.now, language)
        return made

    def _closing_sentence(self) -> str:
        gap = " " if self.customer.language == "en" else ""
        sentence = self._phrase("wait_close") if self.random.random() < 0.6 else ""
        return gap + sentence if sentence else ""

    def _phrase(self, use: str, *, kind: str = "reply") -> str:
        """A shared phrase; times are left open, for they are known only when the answer is written."""
        return wording.fill(self.random, self._shared(kind, use), {**self.slots, **_OPEN_TIMES})

    def _shared(self, kind: str, use: str) -> str:
        return wording.choose(self.random, wording.phrases()[self.customer.language][kind][use], self._last_said())

    def _template(self, use: str) -> str:
        self._place_date()
        texts = self.scenario.texts[self.customer.language].get(use) or wording.phrases()[self.customer.language][
            "reply"
        ].get(use)
        if use == "note" and not texts:
            # Notes are for colleagues: the Chinese ones serve English cases too.
            texts = self.scenario.texts["zh"]["note"]
        heard = self.turns[0].text + self._last_said()
        return wording.fill(self.random, wording.choose(self.random, texts, heard), {**self.slots, **_OPEN_TIMES})

    def _last_said(self) -> str:
        return next((turn.text for turn in reversed(self.turns) if turn.by == "customer" and turn.text), "")

    def _spoken(self, text: str) -> str:
        if self.channel == "phone":
            return f"客户再次来电：{text}" if self.customer.language == "zh" else f'Called again: "{text}"'
        if self.channel == "counter":
            return f"客户来电补充：{text}" if self.customer.language == "zh" else f'By phone: "{text}"'
        return text

    def _photos(self) -> tuple[Photo, ...]:
        count = self.random.choice((1, 1, 1, 2, 3))
        names = (
            f"IMG_{self.random.randint(1000, 9999)}.jpg",
            f"微信图片_{self.now:%Y%m%d}{self.random.randint(100000, 235959)}.jpg",
        )
        name = self.random.choice(names if self.customer.language == "zh" else names[:1])
        stem, dot, end = name.rpartition(".")
        return tuple(
            Photo(
                f"{stem}{'' if number == 0 else f'_{number}'}{dot}{end}", "image/jpeg", self.random.randrange(1 << 30)
            )
            for number in range(count)
        )

    def _add(
        self,
        kind: str,
        by: str,
        text: str = "",
        *,
        promised_until: datetime | None = None,
        outcome: str = "",
        photos: tuple[Photo, ...] = (),
    ) -> None:
        at = self.now.astimezone(UTC)
        if self.turns and at <= self.turns[-1].at:
            at = self.turns[-1].at + timedelta(seconds=5)
            self.now = at.astimezone(COMPANY_ZONE)
        promised = promised_until.astimezone(UTC) if promised_until else None
        self.turns.append(Turn(kind, at, by, self.channel, text, "", promised, outcome, photos))


_OPEN_TIMES = {"by": "{by}", "visit": "{visit}", "later": "{later}"}
