"""The addresses of the portal."""

from django.urls import path

from .pages import tracking

urlpatterns = [
    path("track/<str:token>", tracking.track, name="track"),
    path("track/<str:token>/messages", tracking.add_message, name="track_messages"),
    path("track/<str:token>/closure", tracking.close, name="track_closure"),
    path("track/<str:token>/reopenings", tracking.reopen, name="track_reopenings"),
    path("track/<str:token>/progress", tracking.tracked_piece, name="track_progress"),
    path("track/<str:token>/files/<int:attachment_id>", tracking.tracked_file, name="tracked_file"),
]
