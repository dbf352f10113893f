"""Which demo is wanted: a seed, sizes, and the instant at which its history ends."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from yinuo.demo.company.values import COMPANY_ZONE

DAY_COUNT = 60
# The company took Yinuo into use some days before its first case: accounts, settings and customers are that old.
_MOVED_IN_BEFORE = timedelta(days=7)


@dataclass(frozen=True)
class Wish:
    """The same wish gives the same company and history. `ends_at`: aware, the present of the simulation."""

    seed: int
    case_count: int
    customer_count: int
    ends_at: datetime

    @property
    def today(self) -> date:
        return self.ends_at.astimezone(COMPANY_ZONE).date()

    @property
    def first_day(self) -> date:
        return self.today - timedelta(days=DAY_COUNT)

    @property
    def moved_in_at(self) -> datetime:
        return datetime.combine(self.first_day, time(9), COMPANY_ZONE) - _MOVED_IN_BEFORE

    def to_json(self) -> str:
        return json.dumps({**asdict(self), "ends_at": self.ends_at.isoformat()}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Wish":
        values = json.loads(text)
        return cls(**{**values, "ends_at": datetime.fromisoformat(values["ends_at"])})
