"""The addresses of the first run."""

from django.urls import path

from . import pages

urlpatterns = [
    path("", pages.start, name="setup"),
    path("/company", pages.company, name="setup_company"),
    path("/administrator", pages.administrator, name="setup_administrator"),
    path("/mailbox", pages.mailbox, name="setup_mailbox"),
    path("/team", pages.team, name="setup_team"),
    path("/standards", pages.standards, name="setup_standards"),
    path("/ready", pages.ready, name="setup_ready"),
]
