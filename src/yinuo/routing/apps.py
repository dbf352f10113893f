from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "yinuo.routing"
    label = "routing"
