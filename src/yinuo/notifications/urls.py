"""The addresses of the notification centre."""

from django.urls import path

from .pages import bell, centre

urlpatterns = [
    path("notifications", centre.notifications, name="notifications"),
    path("notifications/bell", bell.bell, name="notifications_bell"),
    path("notifications/panel", bell.panel, name="notifications_panel"),
    path("notifications/readings", centre.create_readings, name="notifications_readings"),
    path("notifications/<int:notification_id>", centre.open_notification, name="notification"),
    path("notifications/<int:notification_id>/reading", centre.create_reading, name="notification_reading"),
]
