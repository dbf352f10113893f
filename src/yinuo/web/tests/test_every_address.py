"""Every address of the pages against every role: one table. An address without a row fails; so does a row without one.

The rows are there to leak: the case, its files, its mail, the staff and the keys exist, and the outsider is an agent of
another department who may know of none of them. The API has the same table in `test_api_roles.py`. 302 for a visitor
is the way to the sign-in page; for others it follows an act that was done, or leads to proving again who they are.
"""

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from yinuo.access.actions import add_account, create_token, grant_role
from yinuo.access.models import Account
from yinuo.access.roles import Role
from yinuo.cases.actions import add_customer_message, ask_task, store_bytes
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Attachment, Message
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House, actor_of
from yinuo.customers.actions import add_identity
from yinuo.customers.models import Identity
from yinuo.desk.actions import CannedDraft, Written, hand_in_reply, save_canned_answer, start_run
from yinuo.desk.models import BulkAct, WallLink
from yinuo.intake.mail.models import Mailbox, StoredMail
from yinuo.notifications.models import PushSubscription
from yinuo.notifications.tests.telling import tell
from yinuo.organisation.models import SavedView, Staff
from yinuo.remedies.models import Remedy
from yinuo.standards.actions import USUAL_RUNGS, PledgeWords, add_pledge, publish_pledge, save_ladder
from yinuo.standards.models import Standard

ROLES = ("visitor", "partner", "outsider", "agent", "leader", "quality", "analyst", "admin")
#                visitor partner outsider agent leader quality analyst admin
EVERYBODY = (200, 200, 200, 200, 200, 200, 200, 200)
SIGNED_IN = (302, 200, 200, 200, 200, 200, 200, 200)
DONE = (302, 302, 302, 302, 302, 302, 302, 302)
WITHOUT_FACTOR = (302, 404, 404, 404, 404, 404, 404, 404)
VISITORS_ONLY = (200, 302, 302, 302, 302, 302, 302, 302)
GONE = (410, 410, 410, 410, 410, 410, 410, 410)
CONFLICT = (409, 409, 409, 409, 409, 409, 409, 409)
NOBODY = (404, 404, 404, 404, 404, 404, 404, 404)
READ_CASE = (302, 404, 404, 200, 200, 200, 200, 200)
ACT_ON_CASE = (302, 404, 404, 302, 302, 403, 403, 302)
CUSTOMERS = (302, 403, 200, 200, 200, 200, 200, 200)
VIEW = (302, 404, 404, 302, 302, 404, 404, 404)
BOARD = (302, 403, 200, 200, 200, 200, 200, 200)
MAILS = (302, 403, 200, 200, 200, 403, 403, 200)
ONE_MAIL = (302, 403, 404, 200, 200, 403, 403, 200)
CANNED = (302, 403, 200, 200, 200, 403, 403, 200)
STANDARDS = (302, 403, 403, 403, 403, 200, 403, 200)
STANDARDS_ACT = (302, 403, 403, 403, 403, 302, 403, 302)
STANDARDS_WRONG = (302, 403, 403, 403, 403, 422, 403, 422)
ADMIN = (302, 403, 403, 403, 403, 403, 403, 200)
ADMIN_ACT = (302, 403, 403, 403, 403, 403, 403, 302)
ADMIN_WRONG = (302, 403, 403, 403, 403, 403, 403, 422)

WORDS = {"text": "您好，我们正在处理。"}
NEW_CASE = {
    "channel": "phone",
    "phone": "13900001111",
    "name": "孙悦",
    "subject": "漏水",
    "text": "洗衣机漏水",
    "case_class": "routine",
}
QUESTION = {
    "text": "洗衣机漏水",
    "name": "孙悦",
    "mail": "sun@example.com",
    "consent": "on",
    "key": "AbCdEfGh",
}
TIMES = {
    "first_response_minutes": 30,
    "next_answer_minutes": 60,
    "next_update_minutes": 120,
    "resolution_minutes": 600,
    "call_back_minutes": 120,
    "visit_minutes": 1440,
    "parts_minutes": 2880,
    "task_minutes": 480,
    "replacement_limit": 2,
    "warning_share": "0.80",
}

# name: (method, what is sent, a status for each role)
TABLE: list[tuple[str | None, str, dict[str, Any], tuple[int, ...]]] = [
    # The workbench
    ("workbench", "GET", {}, (302, 200, 200, 200, 200, 200, 200, 200)),
    ("queue", "GET", {}, SIGNED_IN),
    ("search", "GET", {}, SIGNED_IN),
    ("search_suggestions", "GET", {}, DONE),
    ("queue_filters", "GET", {}, SIGNED_IN),
    ("queue_acts", "GET", {}, DONE),
    ("bulk_runs", "GET", {}, SIGNED_IN),
    ("bulk_runs", "POST", {"act": "note", "note_text": "停电通知"}, (302, 422, 422, 302, 302, 302, 403, 302)),
    # The run is the agent's: nobody else is told of it.
    ("bulk_run", "GET", {}, (302, 404, 404, 200, 404, 404, 404, 404)),
    ("bulk_cancellation", "POST", {}, (302, 404, 404, 302, 404, 404, 404, 404)),
    ("new_case", "GET", {}, (302, 403, 200, 200, 200, 403, 403, 200)),
    ("cases", "POST", NEW_CASE, (302, 403, 302, 302, 302, 403, 403, 302)),
    ("case", "GET", {}, READ_CASE),
    ("case_conversation", "GET", {}, READ_CASE),
    ("case_panel", "GET", {}, READ_CASE),
    ("promise_explained", "GET", {}, READ_CASE),
    # The form of an act nobody offers; each act's own gate is tested with the act.
    ("case_act", "GET", {}, (302, 404, 404, 404, 404, 404, 404, 404)),
    ("case_merge", "GET", {}, (302, 403, 404, 200, 200, 403, 403, 200)),
    # A case merged with itself
    ("case_merge", "POST", {"reason": "同一件事"}, (302, 403, 404, 422, 422, 403, 403, 422)),
    # Incidents: the case leads none, so that nobody finds one there; what each may do is tested with the incidents
    ("incidents", "GET", {}, SIGNED_IN),
    ("incident", "GET", {}, (302, 404, 404, 404, 404, 404, 404, 404)),
    ("incident_decision", "POST", {}, (302, 404, 404, 404, 404, 404, 404, 404)),
    ("incident_parts", "POST", {}, (302, 404, 404, 404, 404, 404, 404, 404)),
    ("incident_broadcasts", "POST", {}, (302, 404, 404, 404, 404, 404, 404, 404)),
    ("incident_ending", "POST", {}, (302, 404, 404, 404, 404, 404, 404, 404)),
    # Approvals; the remedy is the agent's and waits for the leader.
    ("approvals", "GET", {}, (302, 403, 403, 403, 200, 403, 403, 200)),
    ("remedy_ledger", "GET", {}, (302, 403, 403, 403, 200, 200, 200, 200)),
    ("remedy", "GET", {}, (302, 404, 404, 200, 200, 200, 200, 200)),
    # An act nobody offers; who may decide, deliver and reverse is tested with the acts.
    ("remedy_act", "POST", {}, (302, 404, 404, 404, 404, 404, 404, 404)),
    # Without a kind; what it says with one is tested with the act.
    ("case_remedy_room", "GET", {}, (302, 403, 404, 422, 422, 403, 403, 422)),
    ("case_here", "GET", {}, READ_CASE),
    ("case_watching", "POST", {}, (302, 404, 404, 204, 204, 204, 204, 204)),
    ("case_replies", "POST", WORDS, ACT_ON_CASE),
    ("case_reply_return", "POST", {}, (302, 404, 404, 302, 403, 403, 403, 403)),
    ("case_drafts", "POST", WORDS, (302, 404, 404, 200, 200, 403, 403, 200)),
    ("case_canned_answers", "GET", {}, (302, 404, 404, 200, 200, 403, 403, 200)),
    ("case_colleagues", "GET", {}, (302, 404, 404, 200, 200, 200, 403, 200)),
    ("case_notes", "POST", WORDS, (302, 404, 404, 302, 302, 302, 403, 302)),
    ("case_closure", "POST", {"outcome": "solved"}, ACT_ON_CASE),
    ("case_reopenings", "POST", {"reason": "又坏了"}, (302, 404, 404, 409, 409, 403, 403, 409)),
    # The task is asked of the after-sales team, whose member is the agent and whose leader is the leader.
    ("tasks", "GET", {}, SIGNED_IN),
    ("task", "GET", {}, READ_CASE),
    ("task_assignee", "POST", {}, (302, 404, 404, 302, 302, 403, 403, 403)),
    ("task_result", "POST", WORDS, (302, 404, 404, 302, 302, 403, 403, 403)),
    ("task_refusal", "POST", {"reason": "没有库存"}, (302, 404, 404, 302, 302, 403, 403, 403)),
    ("task_withdrawal", "POST", {}, (302, 404, 404, 302, 302, 403, 403, 302)),
    ("case_receivers", "GET", {}, (302, 404, 404, 200, 200, 403, 403, 200)),
    # The message was never taken as thanks.
    ("case_thanks_overruling", "POST", {}, (302, 404, 404, 404, 404, 403, 403, 404)),
    ("case_reveals", "POST", {}, (302, 404, 404, 200, 200, 403, 403, 200)),
    ("attachment", "GET", {}, READ_CASE),
    # Lists, and the views people keep of them. The view belongs to the agent and to the team that the leader leads.
    ("case_list", "GET", {}, SIGNED_IN),
    ("customers", "GET", {}, CUSTOMERS),
    ("customer", "GET", {}, CUSTOMERS),
    ("customer_reveals", "POST", {}, (302, 403, 200, 200, 200, 403, 403, 200)),
    ("list_columns", "POST", {"column": "subject"}, DONE),
    ("list_exports", "POST", {"form": "csv"}, (302, 403, 403, 403, 200, 200, 200, 200)),
    ("list_views", "POST", {"name": "x"}, DONE),
    ("saved_view_query", "POST", {"query": "state=open"}, VIEW),
    ("saved_view_name", "POST", {"name": "x"}, VIEW),
    ("saved_view_team", "POST", {}, VIEW),
    ("saved_view_place", "POST", {"direction": "up"}, VIEW),
    ("saved_view_removal", "POST", {}, VIEW),
    ("message_html", "GET", {}, READ_CASE),
    ("message_text", "GET", {}, READ_CASE),
    # The customers' pages: for everybody; the own ones for customers, which no member of staff is
    ("portal", "GET", {}, EVERYBODY),
    ("portal_language", "POST", {"language": "en"}, DONE),
    ("robots", "GET", {}, EVERYBODY),
    ("pledges", "GET", {}, EVERYBODY),
    ("pledge", "GET", {}, EVERYBODY),
    ("ask", "GET", {}, EVERYBODY),
    ("ask", "POST", QUESTION, DONE),
    ("ask_category", "POST", {"text": "漏水"}, EVERYBODY),
    ("my", "GET", {}, DONE),
    ("my_sign_in", "GET", {}, EVERYBODY),
    ("my_sign_in", "POST", {"mail": "wang@example.com"}, DONE),
    ("my_code", "GET", {}, EVERYBODY),
    ("my_code", "POST", {"code": "123456"}, GONE),
    ("my_link", "GET", {}, EVERYBODY),
    ("my_link", "POST", {}, GONE),
    ("my_sign_out", "POST", {}, DONE),
    ("my_case", "GET", {}, DONE),
    ("my_case_progress", "GET", {}, DONE),
    ("my_case_file", "GET", {}, DONE),
    ("my_case_messages", "POST", WORDS, DONE),
    ("my_case_closure", "POST", {}, DONE),
    ("my_case_reopenings", "POST", WORDS, DONE),
    # One case: whoever has the link
    # The board
    ("board", "GET", {}, BOARD),
    ("board_piece", "GET", {}, BOARD),
    ("board_kept", "GET", {}, BOARD),
    ("board_figure", "GET", {}, BOARD),
    ("board_owners", "POST", {"reason": "出差"}, (302, 403, 403, 403, 302, 403, 403, 302)),
    # Only those who plan shifts, of people on their boards: quality is in no team.
    ("board_presence", "GET", {}, (302, 403, 403, 403, 404, 403, 403, 404)),
    ("walls", "GET", {}, (302, 403, 403, 403, 200, 403, 403, 200)),
    ("walls", "POST", {}, (302, 403, 403, 403, 422, 403, 403, 422)),
    ("wall_taking_down", "POST", {}, (302, 403, 403, 403, 302, 403, 403, 302)),
    # An agent without a team has no wall; a screen of its own needs no account.
    ("wall", "GET", {}, (302, 403, 404, 200, 200, 200, 200, 200)),
    ("wall_piece", "GET", {}, (302, 403, 404, 200, 200, 200, 200, 200)),
    ("wall_link", "GET", {}, EVERYBODY),
    ("wall_link_piece", "GET", {}, EVERYBODY),
    ("presence", "POST", {"presence": "away"}, (302, 403, 302, 302, 302, 403, 403, 302)),
    # The customer's own page: whoever has the link
    ("track", "GET", {}, EVERYBODY),
    ("track_received", "GET", {}, EVERYBODY),
    ("track_progress", "GET", {}, EVERYBODY),
    ("track_file", "GET", {}, EVERYBODY),
    ("track_messages", "POST", WORDS, DONE),
    ("track_closure", "POST", {}, DONE),
    ("track_reopenings", "POST", WORDS, CONFLICT),
    # Notifications; the one that exists is the agent's
    ("notifications", "GET", {}, SIGNED_IN),
    ("notifications_bell", "GET", {}, SIGNED_IN),
    ("notifications_panel", "GET", {}, SIGNED_IN),
    ("notifications_readings", "POST", {}, DONE),
    ("notification", "GET", {}, (302, 404, 404, 302, 404, 404, 404, 404)),
    ("notification_reading", "POST", {}, (302, 404, 404, 302, 404, 404, 404, 404)),
    # Settings
    ("settings", "GET", {}, DONE),
    ("settings_company", "GET", {}, ADMIN),
    ("settings_company", "POST", {}, ADMIN_WRONG),
    ("settings_mailboxes", "GET", {}, ADMIN),
    ("settings_mailboxes", "POST", {}, ADMIN_WRONG),
    ("settings_new_mailbox", "GET", {}, ADMIN),
    ("settings_check_new_mailbox", "POST", {}, ADMIN_WRONG),
    ("settings_mailbox", "GET", {}, ADMIN),
    ("settings_mailbox", "POST", {}, ADMIN_WRONG),
    ("settings_check_mailbox", "POST", {}, ADMIN_WRONG),
    ("settings_mailbox_activity", "POST", {"is_active": "0"}, ADMIN_ACT),
    ("settings_mails", "GET", {}, MAILS),
    ("settings_mail", "GET", {}, ONE_MAIL),
    ("settings_mail_text", "GET", {}, ONE_MAIL),
    ("settings_mail_file", "GET", {}, ONE_MAIL),
    ("settings_mail_filing", "POST", {}, (302, 403, 404, 302, 302, 403, 403, 302)),
    ("settings_closing", "GET", {}, ADMIN),
    ("settings_team_closing", "POST", {"reopening": "within", "days": 7, "owner": "keep"}, ADMIN_ACT),
    ("settings_canned_answers", "GET", {}, CANNED),
    ("settings_canned_answers", "POST", {}, (302, 403, 422, 422, 422, 403, 403, 422)),
    ("settings_new_canned_answer", "GET", {}, CANNED),
    ("settings_canned_answer_preview", "POST", {}, CANNED),
    # Everybody's: who answers reads it, who leads changes it.
    ("settings_canned_answer", "GET", {}, CANNED),
    ("settings_canned_answer", "POST", {}, (302, 403, 422, 422, 422, 403, 403, 422)),
    ("settings_canned_answer_deletion", "POST", {}, (302, 403, 302, 302, 302, 403, 403, 302)),
    ("settings_standards", "GET", {}, STANDARDS),
    ("settings_standards", "POST", {}, STANDARDS_WRONG),
    ("settings_new_standard", "GET", {}, STANDARDS),
    ("settings_standard", "GET", {}, STANDARDS),
    ("settings_standard", "POST", TIMES, STANDARDS_ACT),
    ("settings_standard_place", "POST", {"direction": "up"}, STANDARDS_ACT),
    ("settings_standard_activity", "POST", {"is_active": "0"}, STANDARDS_ACT),
    ("settings_repair", "GET", {}, STANDARDS),
    ("settings_repair", "POST", {}, STANDARDS_WRONG),
    ("settings_ladders", "GET", {}, STANDARDS),
    ("settings_ladders", "POST", {}, STANDARDS_WRONG),
    ("settings_new_ladder", "GET", {}, STANDARDS),
    ("settings_ladder", "GET", {}, STANDARDS),
    ("settings_ladder", "POST", {}, STANDARDS_WRONG),
    ("settings_standard_ladder", "POST", {}, STANDARDS_ACT),
    ("settings_pledges", "GET", {}, STANDARDS),
    ("settings_pledges", "POST", {}, STANDARDS_WRONG),
    ("settings_new_pledge", "GET", {}, STANDARDS),
    ("settings_pledge", "GET", {}, STANDARDS),
    ("settings_pledge", "POST", {}, STANDARDS_WRONG),
    ("settings_pledge_keeping", "GET", {}, STANDARDS),
    ("settings_pledge_place", "POST", {"direction": "up"}, STANDARDS_ACT),
    ("settings_pledge_publication", "POST", {"is_published": "0"}, STANDARDS_ACT),
    ("settings_calendars", "GET", {}, STANDARDS),
    ("settings_calendars", "POST", {}, STANDARDS_WRONG),
    ("settings_new_calendar", "GET", {}, STANDARDS),
    ("settings_calendar", "GET", {}, STANDARDS),
    ("settings_calendar", "POST", {"zone": "nowhere"}, STANDARDS_WRONG),
    ("settings_holiday_files", "GET", {}, STANDARDS),
    ("settings_holiday_files", "POST", {}, STANDARDS_WRONG),
    ("settings_holiday_imports", "POST", {}, STANDARDS_ACT),
    ("settings_public_days", "POST", {}, STANDARDS_ACT),
    ("settings_authority", "GET", {}, ADMIN),
    ("settings_authority_limits", "POST", {}, ADMIN_WRONG),
    ("settings_authority_policy", "POST", {}, ADMIN_WRONG),
    ("settings_authority_budgets", "POST", {}, ADMIN_WRONG),
    ("settings_authority_apology", "POST", {}, ADMIN_WRONG),
    ("settings_people", "GET", {}, ADMIN),
    ("settings_people", "POST", {}, ADMIN_WRONG),
    ("settings_new_person", "GET", {}, ADMIN),
    ("settings_person", "GET", {}, ADMIN),
    ("settings_person", "POST", {}, ADMIN_WRONG),
    ("settings_person_skills", "POST", {}, ADMIN_ACT),
    ("settings_person_teams", "POST", {}, ADMIN_WRONG),
    ("settings_person_team_leaving", "POST", {}, ADMIN_ACT),
    ("settings_person_roles", "POST", {"role": "administrator"}, ADMIN_ACT),
    ("settings_person_role_taking", "POST", {}, ADMIN_ACT),
    ("settings_person_leaving", "POST", {}, ADMIN_ACT),
    ("settings_person_return", "POST", {}, ADMIN_ACT),
    ("settings_structure", "GET", {}, ADMIN),
    ("settings_new_structure_row", "GET", {}, ADMIN),
    ("settings_new_structure_row", "POST", {}, ADMIN_WRONG),
    ("settings_structure_row", "GET", {}, ADMIN),
    ("settings_structure_row", "POST", {}, ADMIN_WRONG),
    ("settings_health", "GET", {}, ADMIN),
    ("settings_account", "GET", {}, SIGNED_IN),
    ("settings_notifications", "GET", {}, SIGNED_IN),
    ("settings_notifications", "POST", {"zone": "Asia/Shanghai"}, DONE),
    ("settings_browsers", "POST", {}, DONE),
    ("settings_browser_removal", "POST", {}, (302, 404, 404, 302, 404, 404, 404, 404)),
    ("settings_browser_trial", "POST", {}, (302, 404, 404, 302, 404, 404, 404, 404)),
    ("settings_language", "POST", {"language": "en"}, DONE),
    ("settings_presence", "POST", {"presence": "away"}, (302, 403, 302, 302, 302, 403, 403, 302)),
    ("settings_tokens", "POST", {}, (302, 422, 422, 422, 422, 422, 422, 422)),
    # The key belongs to the agent: for the administrator, too, it is not theirs to revoke here.
    ("settings_token_revocation", "POST", {}, (302, 404, 404, 302, 404, 404, 404, 404)),
    # The first run is over where somebody can sign in
    ("setup", "GET", {}, NOBODY),
    ("setup_company", "GET", {}, NOBODY),
    ("setup_administrator", "GET", {}, NOBODY),
    ("setup_mailbox", "GET", {}, NOBODY),
    ("setup_team", "GET", {}, NOBODY),
    ("setup_standards", "GET", {}, NOBODY),
    ("setup_ready", "GET", {}, NOBODY),
    # Operators' machines
    ("help", "GET", {}, SIGNED_IN),
    ("gallery", "GET", {}, SIGNED_IN),
    ("healthz", "GET", {}, EVERYBODY),
    ("push_worker", "GET", {}, EVERYBODY),
    ("metrics", "GET", {}, EVERYBODY),
    (None, "GET", {}, NOBODY),
    # Signing in and the own account; the pages are allauth's
    ("set_language", "POST", {"language": "en"}, DONE),
    ("account_login", "GET", {}, VISITORS_ONLY),
    ("account_logout", "GET", {}, SIGNED_IN),
    ("account_logout", "POST", {}, DONE),
    ("account_inactive", "GET", {}, EVERYBODY),
    ("account_signup", "GET", {}, VISITORS_ONLY),
    ("account_reauthenticate", "GET", {}, SIGNED_IN),
    ("account_email", "GET", {}, SIGNED_IN),
    ("account_email_verification_sent", "GET", {}, EVERYBODY),
    ("account_change_password", "GET", {}, SIGNED_IN),
    ("account_set_password", "GET", {}, DONE),
    ("account_reset_password", "GET", {}, EVERYBODY),
    ("account_confirm_login_code", "GET", {}, DONE),
    ("account_confirm_email", "GET", {}, EVERYBODY),
    ("account_reset_password_from_key", "GET", {}, EVERYBODY),
    ("account_reset_password_from_key_done", "GET", {}, EVERYBODY),
    ("account_reset_password_done", "GET", {}, EVERYBODY),
    ("mfa_index", "GET", {}, SIGNED_IN),
    ("mfa_authenticate", "GET", {}, DONE),
    ("mfa_reauthenticate", "GET", {}, DONE),
    ("mfa_activate_totp", "GET", {}, DONE),
    ("mfa_deactivate_totp", "GET", {}, WITHOUT_FACTOR),
    ("mfa_view_recovery_codes", "GET", {}, WITHOUT_FACTOR),
    ("mfa_generate_recovery_codes", "GET", {}, DONE),
    ("mfa_download_recovery_codes", "GET", {}, WITHOUT_FACTOR),
    ("mfa_list_webauthn", "GET", {}, SIGNED_IN),
    ("mfa_add_webauthn", "GET", {}, DONE),
    ("mfa_reauthenticate_webauthn", "GET", {}, DONE),
    ("mfa_remove_webauthn", "GET", {}, DONE),
    ("mfa_edit_webauthn", "GET", {}, DONE),
    ("mfa_login_webauthn", "GET", {}, DONE),
    ("socialaccount_login_cancelled", "GET", {}, EVERYBODY),
    ("socialaccount_login_error", "GET", {}, (401, 401, 401, 401, 401, 401, 401, 401)),
    ("socialaccount_signup", "GET", {}, DONE),
    ("socialaccount_connections", "GET", {}, SIGNED_IN),
    ("openid_connect_login", "GET", {}, NOBODY),
    ("openid_connect_callback", "GET", {}, NOBODY),
]


class World:
    """The rows that could leak, and the people who ask."""

    def __init__(self, house: House) -> None:
        at = timezone.now()
        self.house = house
        self.case = house.open(at=at)
        draft = store_bytes(b"secret", name="a.txt", content_type="text/plain")
        self.message = add_customer_message(
            case=self.case, said=Said("see file", at, attachments=[draft]), channel="mail", by=SYSTEM, at=at
        )
        add_identity(customer=house.wang, kind="phone", value="13800006721", source="test", by=SYSTEM, at=BEGINNING)
        mailbox = Mailbox.objects.create(
            address="service@henuan.example", sender_name="x", team=house.team, in_host="a", out_host="b"
        )
        mail = store_bytes(b"From: a@b.example\r\n\r\nx", name="", content_type="message/rfc822")
        stored = StoredMail.objects.create(
            mailbox=mailbox, delivery_key="k", digest=mail.digest, size=21, state="kept_raw", stored_at=at
        )
        token, _key = create_token(
            account=house.chen.account, name="x", scopes=["cases:read"], by=actor_of(house.chen), at=at
        )
        view = SavedView.objects.create(
            owner=house.chen, place="cases", name="王丽", team=house.team, saved_at=BEGINNING
        )
        asked = {"to": house.team, "needed": "x", "is_blocking": False}
        task = ask_task(case=self.case, **asked, by=SYSTEM, at=at)
        run = start_run(act=BulkAct.NOTE, cases=[self.case], text="x", by=actor_of(house.chen), at=at)
        self.accounts = {
            "partner": self.somebody("partner", Role.PARTNER),
            "outsider": self.somebody("outsider", Role.AGENT, department_id=house.other_department.pk),
            "agent": house.chen.account,
            "leader": house.zhou.account,
            "quality": house.zhao.account,
            "analyst": self.somebody("analyst", Role.ANALYST),
            "admin": house.admin.account,
        }
        wall = WallLink.objects.create(
            name="x",
            digest=WallLink.digest_of(self.case.track_token),
            language="en",
            created_at=at,
            created_by=house.zhou,
        )
        wall.teams.add(house.team)
        handed_in = hand_in_reply(case=self.case, written=Written("x"), by=actor_of(house.chen), at=at)
        canned = save_canned_answer(
            draft=CannedDraft("等配件", "请稍候。", is_shared=True), by=actor_of(house.zhou), at=at
        )
        words = PledgeWords("退款", "Refunds", "7 天", "7 days", "20 元", "20 yuan")
        version = add_pledge(code="refund", words=words, effective_on=BEGINNING.date(), by=SYSTEM, at=BEGINNING)
        self.pledge = version.pledge
        ladder = save_ladder(code="usual", name_zh="常用", name_en="Usual", rungs=USUAL_RUNGS, by=SYSTEM, at=BEGINNING)
        publish_pledge(pledge=self.pledge, by=SYSTEM, at=BEGINNING)
        remedy = Remedy.objects.create(
            case=self.case,
            customer=house.wang,
            team=house.team,
            department=house.department,
            tier=self.case.tier,
            kind="apology",
            amount=0,
            reason="goodwill",
            asked_by=house.chen,
            asked_at=at,
            state="asked",
        )
        self.values = {
            "remedy_id": remedy.pk,
            "answer_id": canned.pk,
            "reference": self.case.reference,
            "run_id": run.pk,
            "other": self.case.reference,
            "task_id": task.pk,
            "act": "unheard-of",
            "panel": "promises",
            "reply_id": handed_in.pk,
            "kind": "reply",
            "what": Identity.objects.get().pk,
            "attachment_id": Attachment.objects.get().pk,
            "promise_id": self.case.next_promise_id,
            "message_id": Message.objects.filter(case=self.case).latest("pk").pk,
            "token": self.case.track_token,
            "mailbox_id": mailbox.pk,
            "mail_id": stored.pk,
            "standard_id": Standard.objects.get().pk,
            "calendar_id": house.calendar.pk,
            "staff_id": house.zhao.pk,
            "team_id": house.team.pk,
            "grant_id": house.zhao.account.grants.get().pk,
            "figure": "open",
            "wall_id": wall.pk,
            "name": "team",
            "row_id": house.team.pk,
            "token_id": token.pk,
            "pledge_id": self.pledge.pk,
            "ladder_id": ladder.ladder_id,
            "code": self.pledge.code,
            "link": "x",
            "page_token": "x",
            "subscription_id": PushSubscription.objects.create(
                staff=house.chen, digest=b"x", endpoint="x", p256dh="x", auth="x", browser="x", since=at
            ).pk,
            "notification_id": tell(house.chen, self.case).pk,
            "key": "x",
            "place": "cases",
            "view_id": view.pk,
            "customer_id": house.wang.pk,
            "uidb36": "1",
            "provider_id": "company",
            "pk": 1,
        }

    def somebody(self, username: str, role: Role, **limits: Any) -> Account:
        account = add_account(
            username=username,
            name=username,
            email=f"{username}@b.example",
            password="test-password-1",
            by=SYSTEM,
            at=BEGINNING,
        )
        grant_role(account=account, role=role, by=SYSTEM, at=BEGINNING, **limits)
        Staff.objects.create(account=account, name=username, department=self.house.other_department)
        return account

    def path(self, name: str | None) -> str:
        """Return the address with that name, filled in with what exists."""
        template = dict(addresses())[name]
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(self.values[match[1]]), template)

    def sent(self, name: str | None, values: dict[str, Any]) -> dict[str, Any]:
        """Return what is posted, with the ids only this world knows."""
        more: dict[str, dict[str, Any]] = {
            "cases": {"team": self.house.team.pk},
            "bulk_runs": {"case": [self.case.reference]},
            "case_replies": {"last_seen_id": self.values["message_id"]},
            "board_owners": {"owner": self.house.zhou.pk, "case": self.case.reference},
            "settings_standard": {"calendar": self.house.calendar.pk},
        }
        return values | more.get(name or "", {}) if values else values


def addresses() -> list[tuple[str | None, str]]:
    """Return the name and the template of every address but those of the API, which have their own table."""
    found: list[tuple[str | None, str]] = []

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> None:
        for pattern in patterns:
            text = before + simple(str(pattern.pattern))
            if isinstance(pattern, URLResolver):
                if pattern.namespace != "api-v1":
                    walk(pattern.url_patterns, text)
            else:
                found.append((pattern.name, text))

    walk(get_resolver().url_patterns, "")
    # allauth keeps nameless forwardings from the addresses of its older releases beside the named ones.
    return [(name, path) for name, path in found if not path.startswith("accounts/social/")]


def simple(pattern: str) -> str:
    """Return a regular expression of an address as a template: `^x/(?P<key>.+)/$` is `x/<key>/`."""
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern).removeprefix("^").removesuffix("$")


@pytest.fixture
def world(house: House) -> World:
    return World(house)


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert {name for name, *_rest in TABLE} == {name for name, _path in addresses()}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_it_may_and_nothing_else(world: World, role: str) -> None:
    column = ROLES.index(role)
    client = Client(raise_request_exception=False)
    if role != "visitor":
        client.force_login(world.accounts[role])
    expected = {(name, method): statuses[column] for name, method, _values, statuses in TABLE}

    found = {
        (name, method): status_of(client, method, world.path(name), world.sent(name, values))
        for name, method, values, _statuses in TABLE
    }

    assert found == expected


def status_of(client: Client, method: str, path: str, values: dict[str, Any]) -> int:
    """Return the status of an answer, and take back what the request changed."""
    session = client.cookies.get(django_settings.SESSION_COOKIE_NAME)
    with transaction.atomic():
        answer = client.post(path, values) if method == "POST" else client.get(path)
        transaction.set_rollback(True)
    client.cookies.clear()
    if session:
        client.cookies[django_settings.SESSION_COOKIE_NAME] = session.value
    return answer.status_code


def test_every_act_needs_the_token_of_its_page(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.accounts["admin"])

    found = {name: client.post(world.path(name)).status_code for name, method, *_rest in TABLE if method == "POST"}

    assert found == dict.fromkeys(found, 403)
