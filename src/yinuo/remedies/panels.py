"""The panel beside a conversation: what the customer got on this case, and what is under way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.foundation.panels import panel

from .pages.shown import state_pill
from .queries.reading import remedies_of


@panel(
    "remedies",
    title=gettext_lazy("Remedies"),
    template="remedies/panel.html",
    order=16,
    permission="remedies.view",
    live=True,
)
def remedies(case: Case, actor: Actor, _at: datetime) -> Mapping[str, Any] | None:
    """Return the remedies of the case, the newest first; no panel when there is none."""
    rows = remedies_of(case, actor=actor)
    if not rows:
        return None
    return {
        "remedies": [(row, state_pill(row.state)) for row in rows],
        "panel_aside": len(rows),
        "may_grant": actor.may("remedies.grant"),
    }
