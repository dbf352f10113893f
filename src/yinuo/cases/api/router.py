"""The routers that the parts of this folder fill; `routing` adds the opening of cases."""

from ninja import Router

router = Router(tags=["cases"])
files_router = Router(tags=["files"])
