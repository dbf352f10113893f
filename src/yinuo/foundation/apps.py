from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "yinuo.foundation"
    label = "foundation"
