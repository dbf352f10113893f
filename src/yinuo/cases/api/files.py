"""Files: sent first, then named in the message they belong to; and fetched again."""

import mimetypes
from dataclasses import asdict

from django.core import signing
from django.http import FileResponse
from django.utils.translation import gettext as _
from ninja import File, Path
from ninja.files import UploadedFile
from pydantic import BaseModel, Field

from yinuo.access.api import ApiRequest
from yinuo.cases.actions import AttachmentDraft, store_bytes
from yinuo.cases.queries import attachment_for
from yinuo.cases.store import path_of
from yinuo.foundation.api import Id, bounded
from yinuo.foundation.refusals import Refusal

from .router import files_router

LARGEST_MEGABYTES = 25
_LARGEST = LARGEST_MEGABYTES * 1024 * 1024
_SALT = "yinuo.cases.upload"
_VALID_SECONDS = 24 * 60 * 60

UploadToken = bounded(2000, shortest=1)


class FileTooLarge(Refusal):
    code = "cases.file_too_large"
    status = 413

    def sentence(self) -> str:
        return _("%(name)s is larger than %(megabytes)s MB. Send a smaller file.") % self.details


class UnknownUpload(Refusal):
    """The token of an upload is damaged, older than a day, or somebody else's."""

    code = "cases.unknown_upload"
    status = 422

    def sentence(self) -> str:
        return _(
            "One of the files is not known here any more. Upload it again and send the message with the new token."
        )


class UploadOut(BaseModel):
    """A file that is stored and waits for its message."""

    upload: str = Field(description="Put it into `uploads` of a message, reply or note within a day.")
    name: str
    content_type: str
    size: int = Field(description="Bytes.")


@files_router.post("/uploads", response={201: UploadOut}, operation_id="upload_file")
def upload_file(request: ApiRequest, file: File[UploadedFile]) -> UploadOut:
    """Store a file of at most 25 MB and return a token by which a message of yours can take it along.

    Scope `cases:write`. Refuses `cases.file_too_large`, `cases.storage_full`.
    """
    request.actor.require("cases.note")
    name = _clean_name(file.name or "")
    if (file.size or 0) > _LARGEST:
        raise FileTooLarge(name=name, megabytes=LARGEST_MEGABYTES)
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    draft = store_bytes(file.read(), name=name, content_type=content_type)
    token = signing.dumps({**asdict(draft), "account": request.token.account_id}, salt=_SALT)
    return UploadOut(upload=token, name=draft.name, content_type=draft.content_type, size=draft.size)


@files_router.get(
    "/attachments/{attachment_id}",
    operation_id="download_attachment",
    openapi_extra={
        "responses": {
            200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
        }
    },
)
def download_attachment(request: ApiRequest, attachment_id: Path[Id]) -> FileResponse:
    """Return the bytes of a file, always as `application/octet-stream`: what it claims to be stands in the message.

    Scope `cases:read`. Refuses `not_found` also for a file of a case that is not the caller's to see.
    """
    request.actor.require("cases.view")
    file = attachment_for(attachment_id, actor=request.actor)
    answer = FileResponse(
        path_of(file.digest).open("rb"), as_attachment=True, filename=file.name, content_type="application/octet-stream"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def uploaded(request: ApiRequest, tokens: list[str]) -> list[AttachmentDraft]:
    """Return the files that the caller uploaded before. Refuses with UnknownUpload."""
    return [_draft(request, token) for token in tokens]


def _draft(request: ApiRequest, token: str) -> AttachmentDraft:
    try:
        values = signing.loads(token, salt=_SALT, max_age=_VALID_SECONDS)
    except signing.BadSignature as error:
        raise UnknownUpload from error
    if values.pop("account") != request.token.account_id:
        raise UnknownUpload
    return AttachmentDraft(**values)


def _clean_name(name: str) -> str:
    """Return the file's name without a folder and without signs that cannot be stored or shown."""
    visible = "".join(sign for sign in name if sign.isprintable())
    return visible.replace("\\", "/").rpartition("/")[2].strip() or "file"
