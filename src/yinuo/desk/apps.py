from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DeskConfig(AppConfig):
    name = "yinuo.desk"
    label = "desk"

    def ready(self) -> None:
        """Let every folder add its sources to the search: a module called `search`."""
        autodiscover_modules("search")
