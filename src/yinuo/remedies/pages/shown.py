"""How remedies look: tones of their states."""

from yinuo.foundation.lists import Pill
from yinuo.remedies.models import RemedyState

_TONES = {
    RemedyState.PROPOSED: ("info", "bulb"),
    RemedyState.ASKED: ("soon", "hourglass"),
    RemedyState.SENT_BACK: ("soon", "arrow-back-up"),
    RemedyState.GRANTED: ("kept", "check"),
    RemedyState.DELIVERED: ("kept", "checks"),
    RemedyState.REFUSED: ("plain", "x"),
    RemedyState.WITHDRAWN: ("plain", "x"),
    RemedyState.REVERSED: ("plain", "arrow-back-up"),
}


def state_pill(state: str) -> Pill:
    """Return a remedy's state as a pill."""
    tone, icon = _TONES[RemedyState(state)]
    return Pill(RemedyState(state).label, tone, icon)
