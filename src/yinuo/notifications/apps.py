from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class NotificationsConfig(AppConfig):
    name = "yinuo.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Let every later folder declare its kinds: pages show notifications of all of them."""
        autodiscover_modules("notices")
