"""Cases for other programs: find and read them, say something in them, end them and start them again."""

from . import acting, files, following, handing, joining, promising, reading, repairing, tasks
from .repairing import repairs_router
from .router import files_router, router

__all__ = [
    "acting",
    "files",
    "files_router",
    "following",
    "handing",
    "joining",
    "promising",
    "reading",
    "repairing",
    "repairs_router",
    "router",
    "tasks",
]
