from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "yinuo.intake.mail"
    label = "mail"
