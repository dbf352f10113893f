"""The Django app that holds the shell, the shared components and the static files."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registered last, so that every earlier folder may override nothing and be overridden by nothing."""

    name = "yinuo.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
