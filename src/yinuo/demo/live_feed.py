"""Customers who keep writing: every now and then a raw mail falls into a mailbox's folder, as a mail server drops it.

Some are new requests; others answer what Yinuo sent, found in the folder of outgoing mail. No database and no Django:
this is the world outside.
"""

import email
import email.policy
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path
from random import Random
from threading import Event

from yinuo.demo.company import wording
from yinuo.demo.company.mails import Quoted, as_email
from yinuo.demo.company.organisation import ENGLISH_MAIL, SERVICE_MAIL, STAFF_BY_LOGIN, TEAM_BY_CODE, TEAMS
from yinuo.demo.company.values import Customer, Plan, Turn
from yinuo.demo.company.world import World, next_plan
from yinuo.intake.mail.transport.maildir import drop_mail

_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 20.0, 60.0
# What a customer says who answers us and of whose course nothing is known: phrases without a gap to fill.
_ANSWERS = ("thanks", "ask")
_TEAM_OF_MAILBOX = {team.mailbox: team.code for team in TEAMS if team.mailbox}


class LiveFeed:
    """Drops mails below `folder` (`in/<team>`) and answers those in `out`. `told` hears one line for each."""

    def __init__(self, world: World, folder: Path, random: Random, told: Callable[[str], None]) -> None:
        self.world = world
        self.folder = folder
        self.random = random
        self.told = told
        self.plans: dict[str, list[Plan]] = {}
        self.by_mail = {customer.mail.lower(): customer for customer in (*world.customers, *world.outsiders)}
        # What was sent before we came is history: nobody answers it days later, all at once.
        self.answered = {path.name for path in self._sent()}

    def run(self, stop: Event) -> None:
        """Drop a mail every 20 to 60 seconds until told to stop."""
        while not stop.wait(self.random.uniform(_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS)):
            self.drop_one(datetime.now(UTC))

    def drop_one(self, at: datetime) -> Path:
        """Drop one mail, an answer when somebody is waiting to give one, and return its path. `at`: its date."""
        answer = next(self._answers(at), None)
        box, raw, words = answer or self._request(at)
        self.told(words)
        return drop_mail(self.folder / "in" / _TEAM_OF_MAILBOX.get(box, "mail"), raw)

    def _request(self, at: datetime) -> tuple[str, bytes, str]:
        plan = next(plan for plan in self._plans(at) if plan.channel == "mail")
        customer = self.world.customer_by_number[plan.customer_number]
        box = TEAM_BY_CODE[STAFF_BY_LOGIN[plan.owner].team].mailbox or _desk(plan)
        self.plans.setdefault(customer.mail.lower(), []).append(plan)
        raw = as_email(plan, plan.turns[0], customer, to=box)
        return box, raw, f"{customer.name} → {box}: {plan.subject}"

    def _plans(self, at: datetime) -> Iterator[Plan]:
        while True:
            yield next_plan(self.random, self.world, at)

    def _answers(self, at: datetime) -> Iterator[tuple[str, bytes, str]]:
        """Yield the answer to every mail of ours that a person wrote and nobody answered."""
        for path in sorted(self._sent()):
            if path.name in self.answered:
                continue
            self.answered.add(path.name)
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            customer = self.by_mail.get(_first_address(mail, "To"))
            # Nobody answers a machine's notice.
            if customer and mail.get("Auto-Submitted", "no") == "no":
                yield self._answer(mail, customer, at)

    def _answer(self, mail: EmailMessage, customer: Customer, at: datetime) -> tuple[str, bytes, str]:
        box = _first_address(mail, "From")
        quoted = Quoted(
            message_id=str(mail["Message-ID"]).strip(),
            sender_name=getaddresses([str(mail["From"])])[0][0],
            sender_mail=box,
            subject=str(mail["Subject"]),
            text=_text(mail),
            at=parsedate_to_datetime(str(mail["Date"])),
            references=tuple(str(mail.get("References", "")).split()),
        )
        plan, turn = self._next_turn(customer, at)
        raw = as_email(plan, turn, customer, replying_to=quoted, to=box)
        return box, raw, f"{customer.name} → {box}: {turn.text.splitlines()[0][:40]}"

    def _next_turn(self, customer: Customer, at: datetime) -> tuple[Plan, Turn]:
        """Return the customer's next words: those of their plan if it is known, else thanks or a question."""
        for plan in self.plans.get(customer.mail.lower(), []):
            later = [turn for turn in plan.turns[1:] if turn.kind == "message"]
            if later:
                known = replace(plan, turns=(plan.turns[0], *(turn for turn in plan.turns[1:] if turn is not later[0])))
                self.plans[customer.mail.lower()] = [known]
                return plan, replace(later[0], at=at)
        follow = wording.phrases()[customer.language]["follow"]
        texts = [text for use in _ANSWERS for text in follow[use] if "{" not in text]
        text = wording.fill(self.random, self.random.choice(texts), {})
        plan = replace(next_plan(self.random, self.world, at), language=customer.language, subject="")
        return replace(plan, customer_number=customer.number), Turn("message", at, "customer", "mail", text)

    def _sent(self) -> list[Path]:
        return [path for path in (self.folder / "out" / "new").iterdir() if not path.name.startswith(".")]


def _desk(plan: Plan) -> str:
    return ENGLISH_MAIL if plan.language == "en" else SERVICE_MAIL


def _first_address(mail: EmailMessage, header: str) -> str:
    return getaddresses([str(mail.get(header, ""))])[0][1].lower()


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()).strip() if body else ""
