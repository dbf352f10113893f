"""Taking the days of a holiday file over into a calendar: first what would change, then the new calendar."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from yinuo.foundation.calendars.calendar import BusinessCalendar, Holiday, MakeUpDay
from yinuo.foundation.calendars.holiday_files import ListedDay, PassedOver, read_holiday_file


@dataclass(frozen=True, slots=True)
class HolidayImport:
    """What a file would change in a calendar; nothing is changed until `calendar_after` is stored.

    `added`: dates new to the calendar. `changed`: a holiday that becomes a make-up day, or the reverse.
    `missing`: days of the calendar, in the years the file speaks of, that it does not list.
    `outranked`: days of the file on which a one-day exception decides anyway.
    """

    calendar: BusinessCalendar
    listed: tuple[ListedDay, ...]
    added: tuple[ListedDay, ...]
    changed: tuple[ListedDay, ...]
    missing: tuple[ListedDay, ...]
    outranked: tuple[ListedDay, ...]
    unchanged_count: int
    passed_over: tuple[PassedOver, ...]

    def calendar_after(self, *, complete_years: Collection[int] = ()) -> BusinessCalendar:
        """Return the calendar with the file's days taken over.

        complete_years: years for which the person says the file is complete: their missing days are removed and they
        count as published. Days that stay keep their name and own hours. Refuses as BusinessCalendar does.
        """
        gone = {day.on for day in self.missing if day.on.year in complete_years}
        gone |= {day.on for day in (*self.added, *self.changed)}
        new = (*self.added, *self.changed)
        holidays = [day for day in self.calendar.holidays if day.on not in gone]
        make_up_days = [day for day in self.calendar.make_up_days if day.on not in gone]
        published = self.calendar.published_years
        if complete_years:
            published = (*(published or ()), *complete_years)
        return replace(
            self.calendar,
            holidays=(*holidays, *(Holiday(day.on, day.name) for day in new if not day.is_work)),
            make_up_days=(*make_up_days, *(MakeUpDay(day.on, day.name) for day in new if day.is_work)),
            published_years=published,
        )


def preview_holiday_import(
    content: bytes, calendar: BusinessCalendar, years: Collection[int] | None = None
) -> HolidayImport:
    """Return what the iCalendar file would change. Refuses as `read_holiday_file` does."""
    file = read_holiday_file(content, zone=calendar.zone, years=years)
    known = _known_days(calendar)
    in_file = {day.on for day in file.days}
    file_years = {day.on.year for day in file.days}
    added = tuple(day for day in file.days if day.on not in known)
    changed = tuple(day for day in file.days if day.on in known and known[day.on].is_work != day.is_work)
    exceptions = {day.on for day in calendar.exceptions}
    return HolidayImport(
        calendar=calendar,
        listed=file.days,
        added=added,
        changed=changed,
        missing=tuple(known[on] for on in sorted(known) if on.year in file_years and on not in in_file),
        outranked=tuple(day for day in file.days if day.on in exceptions),
        unchanged_count=len(file.days) - len(added) - len(changed),
        passed_over=file.passed_over,
    )


def _known_days(calendar: BusinessCalendar) -> dict[date, ListedDay]:
    # Make-up days come second: where both are listed they decide.
    days = [ListedDay(day.on, is_work=False, name=day.name) for day in calendar.holidays]
    days += [ListedDay(day.on, is_work=True, name=day.name) for day in calendar.make_up_days]
    return {day.on: day for day in days}
