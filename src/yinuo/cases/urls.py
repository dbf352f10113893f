"""The addresses of a case's files."""

from django.urls import path

from .pages import files

urlpatterns = [
    path("attachments/<int:attachment_id>", files.attachment, name="attachment"),
    path("messages/<int:message_id>/html", files.message_html, name="message_html"),
    path("messages/<int:message_id>/text", files.message_text, name="message_text"),
]
