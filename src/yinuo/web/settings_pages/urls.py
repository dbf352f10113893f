"""The addresses of the settings."""

from django.urls import path

from . import account, calendars, doors, health, holidays, mailboxes, mails, standards

urlpatterns = [
    path("", doors.start, name="settings"),
    path("mailboxes", mailboxes.mailboxes, name="settings_mailboxes"),
    path("mailboxes/new", mailboxes.new_mailbox, name="settings_new_mailbox"),
    path("mailboxes/check", mailboxes.check_mailbox, name="settings_check_new_mailbox"),
    path("mailboxes/<int:mailbox_id>", mailboxes.mailbox, name="settings_mailbox"),
    path("mailboxes/<int:mailbox_id>/check", mailboxes.check_mailbox, name="settings_check_mailbox"),
    path("mailboxes/<int:mailbox_id>/activity", mailboxes.mailbox_activity, name="settings_mailbox_activity"),
    path("mails", mails.mails, name="settings_mails"),
    path("mails/<int:mail_id>", mails.mail, name="settings_mail"),
    path("mails/<int:mail_id>/text", mails.mail_text, name="settings_mail_text"),
    path("mails/<int:mail_id>/file", mails.mail_file, name="settings_mail_file"),
    path("mails/<int:mail_id>/filing", mails.mail_filing, name="settings_mail_filing"),
    path("standards", standards.standards, name="settings_standards"),
    path("standards/new", standards.new_standard, name="settings_new_standard"),
    path("standards/<int:standard_id>", standards.standard, name="settings_standard"),
    path("standards/<int:standard_id>/place", standards.standard_place, name="settings_standard_place"),
    path("standards/<int:standard_id>/activity", standards.standard_activity, name="settings_standard_activity"),
    path("calendars", calendars.calendars, name="settings_calendars"),
    path("calendars/new", calendars.new_calendar, name="settings_new_calendar"),
    path("calendars/<int:calendar_id>", calendars.calendar, name="settings_calendar"),
    path("calendars/<int:calendar_id>/holiday-file", holidays.holiday_files, name="settings_holiday_files"),
    path("calendars/<int:calendar_id>/holidays", holidays.holiday_imports, name="settings_holiday_imports"),
    path("calendars/<int:calendar_id>/public-days", holidays.public_days, name="settings_public_days"),
    path("health", health.health, name="settings_health"),
    path("account", account.own_account, name="settings_account"),
    path("account/tokens", account.tokens, name="settings_tokens"),
    path("account/tokens/<int:token_id>/revocation", account.token_revocation, name="settings_token_revocation"),
]
