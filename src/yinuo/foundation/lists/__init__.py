"""Lists as every page has them: declared once, read from the address, paged by key, shown, exported."""

from .declaring import Column, DeclaredList, Pill, Sort
from .exporting import Export, ExportFormat, TooManyExports, exported_name
from .filters import Choices, Days, Filter, Moment, Period, Words, YesNo
from .paging import COUNT_LIMIT, PAGE_LENGTH, Count, Slice, counted, slice_of
from .showing import ShownList, narrowed, shown_list
from .wishes import ListWish, query_of, wish_of

__all__ = [
    "COUNT_LIMIT",
    "PAGE_LENGTH",
    "Choices",
    "Column",
    "Count",
    "Days",
    "DeclaredList",
    "Export",
    "ExportFormat",
    "Filter",
    "ListWish",
    "Moment",
    "Period",
    "Pill",
    "ShownList",
    "Slice",
    "Sort",
    "TooManyExports",
    "Words",
    "YesNo",
    "counted",
    "exported_name",
    "narrowed",
    "query_of",
    "shown_list",
    "slice_of",
    "wish_of",
]
