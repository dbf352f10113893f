"""A day in a form: browsers read the value of a day only as 2026-11-25, whatever the language of the page."""

from typing import Any

from django import forms


class DayInput(forms.DateInput):
    """The browser's own choice of a day, with the value as browsers want it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
