"""Values as they may come in: bounded, so that what the database cannot hold is refused at the door."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

# PostgreSQL stores no NUL in a text.
NO_NUL = r"^[^\x00]*$"
_BIGGEST_ID = 2**63 - 1
_DEEPEST = 20
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def bounded(longest: int, *, shortest: int = 0) -> Any:
    """Return the type of a text of `shortest` to `longest` characters that the database can hold."""
    return Annotated[str, StringConstraints(min_length=shortest, max_length=longest, pattern=NO_NUL)]


def _within_reach(value: datetime) -> datetime:
    if not _EARLIEST <= value < _LATEST:
        raise PydanticCustomError("instant_out_of_reach", "between 1970 and 2200")
    return value


def _storable(value: Any, depth: int = 0) -> Any:
    """Pass a JSON value that the database can hold: no NUL, no half of a surrogate pair, not endlessly nested."""
    if depth > _DEEPEST:
        raise PydanticCustomError("too_deep", "nested too deeply")
    if isinstance(value, str) and ("\0" in value or not _is_unicode(value)):
        raise PydanticCustomError("string_unicode", "signs that are not allowed")
    parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    for part in parts:
        _storable(part, depth + 1)
    return value


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


JsonObject = Annotated[dict[str, Any], AfterValidator(_storable)]
Id = Annotated[int, Field(ge=1, le=_BIGGEST_ID)]
Instant = Annotated[
    AwareDatetime,
    AfterValidator(_within_reach),
    # JSON Schema has no bounds for instants: the pattern says the years, and that the zone is written.
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "description": "An instant with its zone, of the years 1970 to 2199.",
            "examples": ["2026-11-22T09:30:00+08:00"],
        }
    ),
]
Code = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[-a-zA-Z0-9_]+$")]
ShortText = bounded(120)
Text = bounded(300)
LongText = bounded(100_000)
Unset = SkipJsonSchema[None]


class Given(BaseModel):
    """Base of what callers send: a field that is not known is refused, since a misspelt one would be passed over."""

    model_config = ConfigDict(extra="forbid")
