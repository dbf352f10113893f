"""The addresses of the workbench."""

from django.urls import path

from .pages import acts, opening, workbench

urlpatterns = [
    path("", workbench.workbench, name="workbench"),
    path("queue", workbench.queue_piece, name="queue"),
    path("cases", opening.create_case, name="cases"),
    path("cases/new", opening.new_case, name="new_case"),
    path("cases/<str:reference>", workbench.case_page, name="case"),
    path("cases/<str:reference>/conversation", workbench.conversation_piece, name="case_conversation"),
    path("cases/<str:reference>/promises", workbench.promises_piece, name="case_promises"),
    path("cases/<str:reference>/replies", acts.add_reply, name="case_replies"),
    path("cases/<str:reference>/notes", acts.create_note, name="case_notes"),
    path("cases/<str:reference>/closure", acts.create_closure, name="case_closure"),
    path("cases/<str:reference>/reopenings", acts.create_reopening, name="case_reopenings"),
    path("cases/<str:reference>/owner", acts.set_owner, name="case_owner"),
    path("cases/<str:reference>/reveals/<str:what>", acts.create_reveal, name="case_reveals"),
]
