"""The API of Yinuo, version 1: the same actions and queries as the pages, for other programs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from yinuo import __version__
from yinuo.access.api import ApiRequest
from yinuo.cases.api import files_router, repairs_router
from yinuo.customers.api import router as customers_router
from yinuo.foundation.refusals import NotFound
from yinuo.intake.mail.api import router as mail_router
from yinuo.notifications.api import router as notifications_router
from yinuo.organisation.api import router as organisation_router
from yinuo.routing.api import router as cases_router
from yinuo.standards.api import router as standards_router

from .describing import complete
from .door import AccessToken, door
from .errors import answer_errors
from .facts import router as facts_router

__all__ = ["ApiRequest", "api", "nothing_here"]

_DESCRIPTION = """\
Yinuo (一诺): every request has one owner and one promise.

Send `Authorization: Bearer yn_…`. Both a role of the token's account and a scope of the token must allow what is done.
Every refusal has the shape `{code, message, data}`; rely on `code`, show `message` (Accept-Language: zh-hans, en).
Lists are read page by page with `?after=`. A POST with an `Idempotency-Key` is done once, however often it is sent.
"""


class YinuoApi(NinjaAPI):
    """Puts every address behind the door and completes the description."""

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        patterns = super()._get_urls()
        for pattern in patterns:
            if isinstance(pattern, URLPattern) and pattern.name != "openapi-json":
                pattern.callback = door(self, pattern.callback)
        return patterns

    def get_openapi_schema(self, **wish: Any) -> OpenAPISchema:
        return complete(super().get_openapi_schema(**wish))


def nothing_here(_request: HttpRequest, **_address: Any) -> HttpResponse:
    """Refuse any other address below /api/ with NotFound."""
    raise NotFound


api = YinuoApi(
    title="Yinuo",
    version=__version__,
    description=_DESCRIPTION,
    urls_namespace="api-v1",
    openapi_url="/openapi.json",
    docs_url=None,
    auth=AccessToken(),
)
answer_errors(api)
api.add_router("/cases", cases_router)
api.add_router("", files_router)
api.add_router("/customers", customers_router)
api.add_router("", organisation_router)
api.add_router("", notifications_router)
api.add_router("", standards_router)
api.add_router("", repairs_router)
api.add_router("", mail_router)
api.add_router("", facts_router)
