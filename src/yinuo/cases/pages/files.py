"""Files and mails as they came: shown so that nothing in them can act. Each answer carries its own strict policy."""

import base64
import re
from collections.abc import Iterable
from pathlib import Path

import nh3
from csp.decorators import csp
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page
from yinuo.cases.actions.attaching import AttachmentDraft, store_bytes
from yinuo.cases.models import Attachment, Message
from yinuo.cases.queries import attachment_for, message_for
from yinuo.cases.sniffing import TEXT, decoded
from yinuo.cases.store import path_of, stored_kind
from yinuo.foundation.refusals import Refusal

from .parts import part_of_file

_STRICT = {"default-src": ["'none'"], "sandbox": True, "frame-ancestors": ["'none'"]}
FILE_POLICY = csp(_STRICT)
# A browser's viewer of PDFs does not start in a sandbox; it has one of its own and gives scripts in a PDF no page.
_PDF_POLICY = {
    "default-src": ["'none'"],
    "object-src": ["'self'"],
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": ["'none'"],
}
_TEXT_LINES = 200
_TEXT_BYTES = 256 * 1024
_INLINE_PICTURE_LIMIT = 2 * 1024 * 1024
_STYLES = frozenset(
    """background-color border border-bottom border-collapse border-left border-right border-top color font-family
    font-size font-style font-weight height line-height list-style-type margin margin-bottom margin-left margin-right
    margin-top max-width padding padding-bottom padding-left padding-right padding-top text-align text-decoration
    vertical-align width white-space""".split()  # noqa: SIM905 - reads better as text
)
_ATTRIBUTES = {
    "*": {"style", "dir", "lang", "align", "valign", "width", "height", "bgcolor"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "font": {"color", "face", "size"},
    "ol": {"start"},
}


class FileIsGone(Refusal):
    """The row is there, its bytes are not: a broken disk or an incomplete restore."""

    code = "cases.file_is_gone"
    status = 410

    def sentence(self) -> str:
        return _(
            "The file %(name)s is missing from the store. Ask an administrator to bring it back from a backup."
        ) % (self.details)


@desk_page("GET")
def attachment(request: HttpRequest, actor: Actor, attachment_id: int) -> HttpResponseBase:
    """Hand out a file to keep; `?inline=1` shows harmless kinds in place."""
    return file_answer(request, attachment_for(attachment_id, actor=actor))


@desk_page("GET")
@xframe_options_sameorigin
def message_html(request: HttpRequest, actor: Actor, message_id: int) -> HttpResponse:
    """Show a mail in its own formatting, cleaned, in a frame that can do nothing; `?images=1` loads remote pictures."""
    message = message_for(message_id, actor=actor)
    with_images = request.GET.get("images") == "1"
    body, remote_count = cleaned_html(message, with_images=with_images)
    context = {"body": body, "remote_count": 0 if with_images else remote_count, "message": message}
    response = render(request, "cases/message_html.html", context)
    pictures = ["data:", "https:"] if with_images else ["data:"]
    # What django-csp's decorator sets; here it depends on the address.
    response._csp_config = {  # type: ignore[attr-defined]  # noqa: SLF001
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": pictures,
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
    response["Referrer-Policy"] = "no-referrer"
    return response


@desk_page("GET")
def message_text(_request: HttpRequest, actor: Actor, message_id: int) -> HttpResponse:
    """Show the whole of a long message as plain text."""
    message = message_for(message_id, actor=actor)
    text = f"{message.text}\n\n{message.quoted}".strip()
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"})


def file_answer(request: HttpRequest, row: Attachment) -> HttpResponseBase:
    """Return the bytes of a file, to keep; with `?inline=1` what its bytes say is harmless is shown in place.

    A part of it when the browser asks for one, as players do. Of a text the first lines. Refuses with FileIsGone.
    """
    path = path_of(row.digest)
    if not path.exists():
        raise FileIsGone(name=row.name)
    kind = stored_kind(row.digest)
    shows = request.GET.get("inline") == "1" and kind.is_shown
    response = _first_lines(path) if shows and kind is TEXT else part_of_file(path, request.headers.get("Range", ""))
    response["Content-Type"] = kind.content_type if shows else "application/octet-stream"
    response["Content-Disposition"] = content_disposition_header(not shows, row.name or "file") or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    # What django-csp's decorator sets; here it depends on the file.
    response._csp_config = _PDF_POLICY if shows and kind.name == "pdf" else _STRICT  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def _first_lines(path: Path) -> HttpResponse:
    with path.open("rb") as file:
        content = file.read(_TEXT_BYTES)
    # Cut at a line, so that no character is cut; a file of one endless line is cut where it is.
    is_whole = len(content) < _TEXT_BYTES
    lines = decoded(content if is_whole else content.rpartition(b"\n")[0] or content).splitlines()
    shown = lines[:_TEXT_LINES]
    if not is_whole or len(lines) > _TEXT_LINES:
        shown.append(_("… Only the beginning is shown. Download the file to read all of it."))
    return HttpResponse("\n".join(shown))


def cleaned_html(message: Message, *, with_images: bool) -> tuple[str, int]:
    """Return a mail's HTML without anything that acts, and how many remote pictures it wants.

    Pictures sent along (`cid:`) are put in as data, since a sandboxed frame has no session to fetch them with.
    """
    inline = _inline_pictures(message.attachments.all())
    remote_count = 0

    def pictures(element: str, attribute: str, value: str) -> str | None:
        nonlocal remote_count
        if (element, attribute) != ("img", "src"):
            return value
        if value.lower().startswith("cid:"):
            return inline.get(value[4:].strip("<>"))
        if re.match(r"data:image/(png|jpe?g|gif|webp);", value, re.IGNORECASE):
            return value
        if not value.lower().startswith(("http://", "https://", "//")):
            return None
        remote_count += 1
        return re.sub(r"^(http:)?//", "https://", value, flags=re.IGNORECASE) if with_images else None

    body = nh3.clean(
        message.html,
        tags=nh3.ALLOWED_TAGS | {"font"},
        attributes=_ATTRIBUTES,
        attribute_filter=pictures,
        filter_style_properties=set(_STYLES),
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return body, remote_count


def kept_files(files: Iterable[UploadedFile]) -> list[AttachmentDraft]:
    """Return uploaded files stored for a message."""
    return [
        store_bytes(file.read(), name=file.name or "", content_type=file.content_type or "application/octet-stream")
        for file in files
    ]


def _inline_pictures(files: Iterable[Attachment]) -> dict[str, str]:
    found = {}
    for row in files:
        path = path_of(row.digest)
        kind = stored_kind(row.digest)
        if row.content_id and kind.name == "picture" and row.size <= _INLINE_PICTURE_LIMIT:
            data = base64.b64encode(path.read_bytes()).decode()
            found[row.content_id.strip("<>")] = f"data:{kind.content_type};base64,{data}"
    return found
