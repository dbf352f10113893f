from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DeskConfig(AppConfig):
    name = "yinuo.desk"
    label = "desk"

    def ready(self) -> None:
        """Let every folder add what it has: panels beside a conversation, acts on a case, sources of the search."""
        autodiscover_modules("panels", "case_acts", "search")
