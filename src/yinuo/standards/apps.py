from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "yinuo.standards"
    label = "standards"
