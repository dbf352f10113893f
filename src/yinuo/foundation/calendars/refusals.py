"""Why a calendar, a day's hours or a holiday file cannot be used, each as a sentence for the person who edits it."""

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal


class CalendarRefusal(Refusal):
    """Base of the refusals that a person mends by editing the calendar or choosing another file."""

    status = 422


class UnknownZone(CalendarRefusal):
    """The time zone is not in the IANA list."""

    code = "foundation.unknown_zone"

    def sentence(self) -> str:
        return _(
            "The time zone “%(zone)s” is not known. Choose a name from the IANA list, such as Asia/Shanghai or "
            "Europe/Berlin."
        ) % {"zone": self.zone}


class CalendarNeverOpen(CalendarRefusal):
    """No day of the calendar has any open time, so no promise could ever be computed on it."""

    code = "foundation.calendar_never_open"

    def sentence(self) -> str:
        return _("This calendar is never open. Give at least one day opening hours, for example Monday 09:00-18:00.")


class BadOpeningHours(CalendarRefusal):
    """An interval is not two times of day, or it has no length."""

    code = "foundation.bad_opening_hours"

    def sentence(self) -> str:
        return _(
            "“%(text)s” is not a span of opening hours. Write start and end as 24-hour times, such as 09:00-18:00, "
            "22:00-06:00 for a night, or 00:00-24:00 for a whole day."
        ) % {"text": self.text}


class OverlappingHours(CalendarRefusal):
    """Two intervals of one day, or a night and the next morning, cover the same time."""

    code = "foundation.overlapping_hours"

    def sentence(self) -> str:
        return _(
            "The opening hours %(first)s and %(second)s overlap. Change one of them so that the first ends before the "
            "second begins. An end earlier than its start counts as an end on the next day."
        ) % {"first": self.first, "second": self.second}


class BreakOutsideHours(CalendarRefusal):
    """A break does not lie inside one span of opening hours."""

    code = "foundation.break_outside_hours"

    def sentence(self) -> str:
        return _(
            "The break %(text)s does not lie within the opening hours of its day. Move it inside them or remove it."
        ) % {"text": self.text}


class BadDate(CalendarRefusal):
    """A day is not a calendar date."""

    code = "foundation.bad_date"

    def sentence(self) -> str:
        return _("“%(text)s” is not a date. Write year, month and day, such as 2026-10-01.") % {"text": self.text}


class DayListedTwice(CalendarRefusal):
    """The same date appears twice in one list: holidays, make-up days, exceptions or starts of weekly hours."""

    code = "foundation.day_listed_twice"

    def sentence(self) -> str:
        return _("%(on)s is listed twice in the same list. Keep the entry that is right and remove the other.") % {
            "on": self.on
        }


class MakeUpDayWithoutHours(CalendarRefusal):
    """A make-up day takes the hours of a working day that has none."""

    code = "foundation.make_up_day_without_hours"

    def sentence(self) -> str:
        return _(
            "The make-up working day %(on)s would have no opening hours, because the weekday whose hours it takes is "
            "closed. Give it its own hours, or name a weekday that is open."
        ) % {"on": self.on}


class CalendarUnreadable(CalendarRefusal):
    """The stored or sent form of a calendar has another shape than the documented one."""

    code = "foundation.calendar_unreadable"

    def sentence(self) -> str:
        return _(
            "The calendar cannot be read at “%(where)s”. Compare that part with the format in "
            "docs/rules/business-calendar.md."
        ) % {"where": self.where}


class CalendarExhausted(Refusal):
    """The calendar stays closed for more than 366 days on end before the wanted open time is spent."""

    code = "foundation.calendar_exhausted"

    def sentence(self) -> str:
        return _(
            "This calendar has no open time in the 366 days after %(after)s (UTC), so no time can be promised. "
            "Add opening hours or remove holidays, then try again."
        ) % {"after": f"{self.after:%Y-%m-%d %H:%M}"}


class NoVersionInForce(Refusal):
    """The calendar has no version that was in force at the asked instant."""

    code = "foundation.no_calendar_version"

    def sentence(self) -> str:
        return _(
            "This calendar has no version in force at %(at)s (UTC). Add a version that begins earlier, or choose "
            "another calendar."
        ) % {"at": f"{self.at:%Y-%m-%d %H:%M}"}


class HolidayFileUnreadable(CalendarRefusal):
    """The bytes are not an iCalendar file."""

    code = "foundation.holiday_file_unreadable"

    def sentence(self) -> str:
        return _(
            "This file cannot be read as a calendar. Choose an iCalendar file (its name usually ends in .ics), or "
            "download it again."
        )


class HolidayFileTooLarge(CalendarRefusal):
    """The file is far larger than any list of holidays."""

    code = "foundation.holiday_file_too_large"

    def sentence(self) -> str:
        return _(
            "This file is larger than %(megabytes)s MB, more than a list of holidays needs. Choose a file that holds "
            "holidays only."
        ) % {"megabytes": self.megabytes}


class HolidayFileEmpty(CalendarRefusal):
    """The file is an iCalendar file, but no entry in it is a holiday or a make-up day."""

    code = "foundation.holiday_file_empty"

    def sentence(self) -> str:
        return _(
            "This file holds no holiday and no make-up working day that could be taken over (%(skipped_count)s "
            "entries were passed over). Choose another file, or other years."
        ) % {"skipped_count": self.skipped_count}
