"""Personal data in a text: found, and masked. Structured kinds only; names of people are not among them.

`find(text)` gives spans with kind and confidence, `masked(text)` the text with `[mobile]` and the like in their
place. Both take time in proportion to the length of the text, whatever stands in it.
"""

from yinuo.language.personal.finding import find
from yinuo.language.personal.kinds import Kind, Span
from yinuo.language.personal.masking import masked

__all__ = ["Kind", "Span", "find", "masked"]
