"""Handing out a part of a file: players of sound and film ask for one, and Safari plays nothing without."""

import re
from pathlib import Path

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
# A player asks on: no part need be larger, and it may lie in memory.
_LARGEST_PART = 2 * 1024 * 1024


def part_of_file(path: Path, wanted: str) -> HttpResponseBase:
    """Return a file whole, or the part a `Range` header wants (206), or 416 when it lies outside.

    wanted: the header, or empty. Several parts at once, which nobody needs, count as none.
    """
    size = path.stat().st_size
    match = _RANGE.fullmatch(wanted)
    if match is None or match[0] == "bytes=-":
        whole = FileResponse(path.open("rb"))
        whole["Accept-Ranges"] = "bytes"
        return whole
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) if first and last else size - 1, size - 1, start + _LARGEST_PART - 1)
    if start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    with path.open("rb") as file:
        file.seek(start)
        content = file.read(end - start + 1)
    headers = {"Content-Range": f"bytes {start}-{end}/{size}", "Accept-Ranges": "bytes"}
    return HttpResponse(content, status=206, headers=headers)
