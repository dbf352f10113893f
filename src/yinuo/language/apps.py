from django.apps import AppConfig


class LanguageConfig(AppConfig):
    name = "yinuo.language"
    label = "language"
