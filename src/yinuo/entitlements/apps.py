from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "yinuo.entitlements"
    label = "entitlements"
