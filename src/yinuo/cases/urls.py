"""The addresses of the workbench and the tracking page."""

from django.urls import path

from .pages import acts, files, opening, tracking, workbench

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
    path("attachments/<int:attachment_id>", files.attachment, name="attachment"),
    path("messages/<int:message_id>/html", files.message_html, name="message_html"),
    path("messages/<int:message_id>/text", files.message_text, name="message_text"),
    path("track/<str:token>", tracking.track, name="track"),
    path("track/<str:token>/messages", tracking.add_message, name="track_messages"),
    path("track/<str:token>/closure", tracking.close, name="track_closure"),
    path("track/<str:token>/reopenings", tracking.reopen, name="track_reopenings"),
    path("track/<str:token>/progress", tracking.tracked_piece, name="track_progress"),
    path("track/<str:token>/files/<int:attachment_id>", tracking.tracked_file, name="tracked_file"),
]
