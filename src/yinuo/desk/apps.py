from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DeskConfig(AppConfig):
    name = "yinuo.desk"
    label = "desk"

    def ready(self) -> None:
        """Let every folder add panels, acts, marks in the queue, sources of the search, and what merges take along."""
        autodiscover_modules("panels", "case_acts", "marks", "search", "moving")
