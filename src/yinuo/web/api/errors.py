"""Every 'no' and every fault of the API in the one shape `{code, message, data}`."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from yinuo.access.api import NotSignedIn
from yinuo.foundation.refusals import NotFound, Refusal

log = logging.getLogger("yinuo.api")


class RefusalOut(BaseModel):
    """Why it was not done. Programs rely on `code`; people read `message`."""

    code: str = Field(examples=["cases.case_is_closed"])
    message: str = Field(description="In the language of Accept-Language: zh-hans or en.")
    data: dict[str, Any] = Field(description="What the code speaks of; for `api.not_valid` the list `fields`.")


class Unreadable(Refusal):
    """The body is not what its Content-Type says."""

    code = "api.unreadable"
    status = 400

    def sentence(self) -> str:
        return _("The body cannot be read. Send JSON in UTF-8, or for files a multipart form.")


class MethodNotAllowed(Refusal):
    """There is such an address, but not this method."""

    code = "api.method_not_allowed"
    status = 405

    def sentence(self) -> str:
        return _("This address does not take %(method)s. It takes: %(allowed)s.") % self.details


class TooLarge(Refusal):
    """The body is larger than this address takes."""

    code = "api.too_large"
    status = 413

    def sentence(self) -> str:
        return _("The request is larger than %(megabytes)s MB, which is the limit here. Send less at a time.") % (
            self.details
        )


class NotValid(Refusal):
    """One or more values do not fit; `fields` names each with its reason."""

    code = "api.not_valid"
    status = 422

    def __init__(self, fields: list[dict[str, str]]) -> None:
        self.fields = fields
        super().__init__()

    def sentence(self) -> str:
        return _("Some values do not fit: %(names)s. Nothing was changed.") % {
            "names": ", ".join(field["field"] for field in self.fields)
        }

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.sentence(), "data": {"fields": self.fields}}


def answer_errors(api: NinjaAPI) -> None:
    """Let an API answer every exception in the one shape."""
    api.add_exception_handler(Refusal, refused)
    api.add_exception_handler(AuthenticationError, lambda request, _error: refused(request, NotSignedIn()))
    api.add_exception_handler(Http404, lambda request, _error: refused(request, NotFound()))
    api.add_exception_handler(ValidationError, _not_valid)
    api.add_exception_handler(HttpError, lambda request, _error: refused(request, Unreadable()))
    for error in (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, MultiPartParserError):
        api.add_exception_handler(error, lambda request, _error: refused(request, Unreadable()))
    api.add_exception_handler(Exception, _fault)


def refused(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return a refusal as the API says it."""
    answer = JsonResponse(refusal.as_json(), status=refusal.status)
    if refusal.status == NotSignedIn.status:
        answer["WWW-Authenticate"] = 'Bearer realm="Yinuo"'
    if "retry_after_seconds" in refusal.details:
        answer["Retry-After"] = str(refusal.details["retry_after_seconds"])
    return answer


def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    reference = getattr(request, "reference", "")
    route = request.resolver_match.route if request.resolver_match else ""
    log.error("the API failed", exc_info=error, extra={"reference": reference, "route": route})
    message = _(
        "Something went wrong on our side and nothing was changed. Try again; if it stays so, tell your "
        "administrator the reference %(reference)s."
    ) % {"reference": reference}
    return JsonResponse({"code": "api.fault", "message": message, "data": {"reference": reference}}, status=500)


def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = [{"field": _place(one["loc"]), "code": str(one["type"]), "message": _reason(one)} for one in error.errors]
    return refused(request, NotValid(fields))


def _place(location: tuple[str | int, ...]) -> str:
    """Return `query.limit` or `body.identities.0.kind`: the source, then the path, without our argument's name."""
    source, *path = location
    if source in {"body", "query"} and len(path) > 1:
        path = path[1:]
    return ".".join(str(part) for part in (source, *path))


def _reason(error: dict[str, Any]) -> str:
    context = error.get("ctx", {})
    reasons: dict[str, Callable[[], str]] = {
        "missing": lambda: _("This is required."),
        "extra_forbidden": lambda: _("This field is not known. Check its spelling."),
        "string_too_long": lambda: _("At most %(count)s characters.") % {"count": context["max_length"]},
        "string_too_short": lambda: _("At least %(count)s characters.") % {"count": context["min_length"]},
        "string_pattern_mismatch": lambda: _("It holds signs that are not allowed here."),
        "string_unicode": lambda: _("It holds signs that are not allowed here."),
        "too_long": lambda: _("At most %(count)s entries.") % {"count": context["max_length"]},
        "too_short": lambda: _("At least %(count)s entries.") % {"count": context["min_length"]},
        "greater_than_equal": lambda: _("At least %(value)s.") % {"value": context["ge"]},
        "less_than_equal": lambda: _("At most %(value)s.") % {"value": context["le"]},
        "enum": lambda: _("Choose one of: %(known)s.") % {"known": context["expected"]},
        "literal_error": lambda: _("Choose one of: %(known)s.") % {"known": context["expected"]},
        "timezone_aware": lambda: _("Write the time zone, such as 2026-11-22T09:30:00+08:00."),
        "instant_out_of_reach": lambda: _("The instant must lie between the years 1970 and 2199."),
    }
    reason = reasons.get(error["type"])
    return reason() if reason else _("This value does not fit here; see the description of the API.")
