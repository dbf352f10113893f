"""The form field: label, widget, help and error together, tied to each other for screen readers."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yinuo.web.components.declare import Choice, Optional, Required, component
from yinuo.web.components.library import register

# What Django shows for nothing chosen; a row of hyphens says nothing.
_DJANGOS_EMPTY = "---------"
CHECKS = (forms.CheckboxInput,)
GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@component(
    register,
    "web/components/field.html",
    extra=True,
    field=Required(),
    label=Optional(""),
    hide_label=Choice(True, False, default=False),
    placeholder=Optional(""),
    rows=Optional(None),
    autofocus=Choice(True, False, default=False),
)
def field(
    *, field: forms.BoundField, label: str, hide_label: bool, placeholder: str, rows: int | None, autofocus: bool
) -> dict[str, Any]:
    """One field of a form. The error stands beside it and says what to do; the label is never only a placeholder."""
    if getattr(field.field, "empty_label", "") == _DJANGOS_EMPTY:
        field.field.empty_label = _("Choose …") if field.field.required else pgettext("nothing chosen", "none")
    widget = field.field.widget
    attributes: dict[str, Any] = {"class": _widget_class(field)}
    if placeholder:
        attributes["placeholder"] = placeholder
    if rows:
        attributes["rows"] = rows
    if autofocus:
        attributes["autofocus"] = True
    return {
        "field": field,
        "label": label or field.label,
        "hide_label": hide_label,
        "kind": "check" if isinstance(widget, CHECKS) else "group" if isinstance(widget, GROUPS) else "line",
        "widget": field.as_widget(attrs=attributes),
        "is_optional": not field.field.required and not isinstance(widget, CHECKS),
    }


@component(register, "web/components/form_errors.html", form=Required())
def form_errors(*, form: forms.BaseForm) -> dict[str, Any]:
    """What is wrong with the form as a whole; the errors of its fields stand beside them."""
    return {"errors": form.non_field_errors(), "hidden_errors": [e for f in form.hidden_fields() for e in f.errors]}


def _widget_class(field: forms.BoundField) -> str:
    widget = field.field.widget
    kind = "form-control"
    if isinstance(widget, CHECKS):
        kind = "form-check-input"
    elif isinstance(widget, forms.Select):
        kind = "form-select"
    return f"{kind} is-invalid" if field.errors else kind
