"""The addresses of the portal."""

from django.urls import path

from .pages import asking, cases, home, own, pledges, signing_in

urlpatterns = [
    path("portal", home.home, name="portal"),
    path("portal/language", home.language, name="portal_language"),
    path("robots.txt", home.robots, name="robots"),
    path("ask", asking.ask, name="ask"),
    path("ask/category", asking.category, name="ask_category"),
    path("pledges", pledges.pledges, name="pledges"),
    path("pledges/<slug:code>", pledges.pledge, name="pledge"),
    path("my", own.my, name="my"),
    path("my/sign-in", signing_in.sign_in, name="my_sign_in"),
    path("my/sign-in/link/<str:link>", signing_in.link, name="my_link"),
    path("my/sign-in/<str:page_token>", signing_in.code, name="my_code"),
    path("my/sign-out", signing_in.sign_out, name="my_sign_out"),
    path("my/cases/<str:reference>", cases.case, name="my_case"),
    path("my/cases/<str:reference>/messages", cases.add_message, name="my_case_messages"),
    path("my/cases/<str:reference>/closure", cases.close, name="my_case_closure"),
    path("my/cases/<str:reference>/reopenings", cases.reopen, name="my_case_reopenings"),
    path("my/cases/<str:reference>/progress", cases.progress, name="my_case_progress"),
    path("my/cases/<str:reference>/files/<int:attachment_id>", cases.file, name="my_case_file"),
    path("track/<str:token>", cases.case, name="track"),
    path("track/<str:token>/received", cases.received, name="track_received"),
    path("track/<str:token>/messages", cases.add_message, name="track_messages"),
    path("track/<str:token>/closure", cases.close, name="track_closure"),
    path("track/<str:token>/reopenings", cases.reopen, name="track_reopenings"),
    path("track/<str:token>/progress", cases.progress, name="track_progress"),
    path("track/<str:token>/files/<int:attachment_id>", cases.file, name="track_file"),
]
