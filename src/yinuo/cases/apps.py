from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yinuo.cases"
    label = "cases"
