"""What a row says of a customer, or why it cannot be taken. Reasons hold no personal values: they are kept in clear."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from yinuo.customers import rules
from yinuo.customers.models import Tier
from yinuo.customers.rules import NormalIdentity
from yinuo.foundation.refusals import Refusal
from yinuo.organisation.models import Region

from .files import Row
from .mapping import IDENTIFYING

_LANGUAGES = {
    "zh": "zh-hans", "zhcn": "zh-hans", "zhhans": "zh-hans", "cn": "zh-hans", "chinese": "zh-hans", "中文": "zh-hans",
    "简体中文": "zh-hans", "汉语": "zh-hans", "en": "en", "enus": "en", "engb": "en", "english": "en", "英文": "en",
    "英语": "en",
}  # fmt: skip
_SEPARATE_VALUES = re.compile(r"[;；、\n]")
# Reports put an apostrophe before what a spreadsheet would take for a formula; people put one before long numbers.
_GUARD = re.compile(r"^'(?=[=+\-@0-9])")
_DATE = re.compile(r"(\d{4})(?:[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))(?:[ T]\d{1,2}:\d{2}.*)?")
_CITY_LENGTH = 80
_ADDRESS_LENGTH = 500


@dataclass(frozen=True)
class RowDraft:
    """A row that can be stored. `company` is what the file calls it, empty for none."""

    name: str
    identities: tuple[NormalIdentity, ...]
    tier: str
    language: str
    region: Region | None
    company: str
    city: str
    address: str = field(repr=False)
    registered_on: date | None


class RowRejected(Refusal):
    """A row that cannot be imported; `reason` is the sentence for the person who mends the file."""

    code = "customers.row_rejected"
    status = 422

    def sentence(self) -> str:
        return str(self.reason)


class RowReader:
    """Turns rows into drafts by one mapping. `regions`: every accepted word for a region, in lower case, to it."""

    def __init__(
        self, *, header: Sequence[str], mapping: Mapping[str, str], regions: Mapping[str, Region], today: date
    ) -> None:
        self._width = len(header)
        self._columns = {name: list(header).index(column) for name, column in mapping.items()}
        self._regions = regions
        self._today = today
        self._tiers = _tier_words()

    def draft(self, row: Row) -> RowDraft:
        """Return what a row says. Refuses with RowRejected."""
        if len(row.cells) != self._width:
            raise RowRejected(reason=self._width_reason(len(row.cells)))
        cells = {name: _GUARD.sub("", row.cells[place].strip()) for name, place in self._columns.items()}
        try:
            name = rules.clean_name(cells["name"])
            identities = tuple(self._identities(cells))
        except Refusal as refusal:
            raise RowRejected(reason=refusal.sentence()) from refusal
        if not identities:
            reason = _("The row has no mail address, phone number or account number. Fill in at least one.")
            raise RowRejected(reason=reason)
        return RowDraft(
            name=name,
            identities=identities,
            tier=self._tier(cells.get("tier", "")),
            language=_language(cells.get("language", "")),
            region=self._region(cells.get("region", "")),
            company=" ".join(cells.get("company", "").split())[: rules.NAME_LENGTH],
            city=_fitting(cells.get("city", ""), _CITY_LENGTH, _("The city")),
            address=_fitting(cells.get("address", ""), _ADDRESS_LENGTH, _("The address")),
            registered_on=self._day(cells.get("registered_on", "")),
        )

    def _identities(self, cells: Mapping[str, str]) -> list[NormalIdentity]:
        found: dict[tuple[str, str], NormalIdentity] = {}
        for kind in IDENTIFYING:
            for value in _SEPARATE_VALUES.split(cells.get(kind, "")):
                if value.strip():
                    identity = rules.normal_identity(kind, _GUARD.sub("", value.strip()))
                    rules.check_deliverable(identity)
                    found[identity.kind, identity.key] = identity
        return list(found.values())

    def _width_reason(self, count: int) -> str:
        return _(
            "The row has %(count)s values, the first line has %(expected)s columns. "
            "Put values that hold the separator in quotation marks, and leave none out."
        ) % {"count": count, "expected": self._width}

    def _tier(self, text: str) -> str:
        if not text:
            return str(Tier.STANDARD)
        tier = self._tiers.get(text.casefold())
        if tier is None:
            raise RowRejected(
                reason=_("The tier is unknown. Use one of: %(known)s.") % {"known": ", ".join(Tier.values)}
            )
        return tier

    def _region(self, text: str) -> Region | None:
        if not text:
            return None
        region = self._regions.get(text.casefold())
        if region is None:
            raise RowRejected(reason=_("The region is unknown. Use a region's code or name, or add the region first."))
        return region

    def _day(self, text: str) -> date | None:
        if not text:
            return None
        day = _day_written(text)
        if day is None:
            raise RowRejected(reason=_("The registration date cannot be read. Write it like 2026-11-02."))
        if day > self._today:
            raise RowRejected(reason=_("The registration date lies in the future. Check the year."))
        return day


def _tier_words() -> dict[str, str]:
    """Return every accepted word for a tier: its code and its names in both languages."""
    words = {}
    for language in ("en", "zh-hans"):
        with override(language):
            for tier in Tier:
                words[tier.value] = tier.value
                words[str(tier.label).casefold()] = tier.value
    return words


def _language(text: str) -> str:
    if not text:
        return "zh-hans"
    language = _LANGUAGES.get(re.sub(r"[\s_-]", "", text.casefold()))
    if language is None:
        raise RowRejected(reason=_("The language is unknown. Use zh or en."))
    return language


def _day_written(text: str) -> date | None:
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5]))
    except ValueError:  # 30 February
        return None


def _fitting(text: str, most: int, what: str) -> str:
    if len(text) > most:
        reason = _("%(what)s is longer than %(most)s characters. Shorten it.")
        raise RowRejected(reason=reason % {"what": what, "most": most})
    return text
