from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "yinuo.intake.portal"
    label = "portal"
