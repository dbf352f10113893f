from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "yinuo.access"
    label = "access"

    def ready(self) -> None:
        from . import signals  # noqa: F401 - needs the models, which are ready now
