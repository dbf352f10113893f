"""What the desk reads of its own tables, and which boards it shows. Reads of cases stand in `yinuo.cases.queries`."""

from .writing import Leaving, drafts_of, leaving_replies

__all__ = ["Leaving", "drafts_of", "leaving_replies"]
