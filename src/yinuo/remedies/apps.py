from django.apps import AppConfig


class RemediesConfig(AppConfig):
    name = "yinuo.remedies"
    label = "remedies"
