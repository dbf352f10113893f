"""One JSON object per log line, without personal data: messages are fixed texts, values are ids and numbers.

Faults are told by kind and place. Their own words are left out: the database quotes whole rows, and Python the value
that did not fit.
"""

import json
import logging
import traceback
from datetime import UTC, datetime

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Formats a record as `{"at", "level", "logger", "message", …extra}` on one line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in record.__dict__.items() if name not in _STANDARD},
        }
        line.pop("request", None)
        if record.exc_info:
            line["fault"] = _fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def _fault(fault: BaseException | None) -> str:
    """Return the places a fault came through, newest last, and its kind; before it the faults that led to it."""
    if fault is None:
        return ""
    before = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    places = "".join(traceback.format_tb(fault.__traceback__))
    # PostgreSQL's own code for what was wrong, and which of our constraints said no.
    diagnosis = getattr(fault, "diag", None) or getattr(fault.__cause__, "diag", None)
    codes = [diagnosis.sqlstate, diagnosis.constraint_name] if diagnosis else []
    words = ", ".join(filter(None, codes))
    kind = f"{type(fault).__name__} ({words})" if words else type(fault).__name__
    return "\n".join(filter(None, [_fault(before), f"{places}{kind}"]))
