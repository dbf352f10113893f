from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "yinuo.access"
    label = "access"
