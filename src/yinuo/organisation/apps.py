from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "yinuo.organisation"
    label = "organisation"
