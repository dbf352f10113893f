"""What the desk reads of its own tables, and which boards it shows. Reads of cases stand in `yinuo.cases.queries`."""

from .canned import Offered, case_values, offered_answer, offered_answers
from .writing import Leaving, drafts_of, leaving_replies

__all__ = ["Leaving", "Offered", "case_values", "drafts_of", "leaving_replies", "offered_answer", "offered_answers"]
