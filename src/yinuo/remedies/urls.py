"""The addresses of remedies."""

from django.urls import path

from .pages import ledger, remedy

urlpatterns = [
    path("approvals", remedy.approvals, name="approvals"),
    path("remedies", ledger.ledger, name="remedy_ledger"),
    path("remedies/<int:remedy_id>", remedy.remedy, name="remedy"),
    path("remedies/<int:remedy_id>/<slug:act>", remedy.remedy_act, name="remedy_act"),
    path("cases/<str:reference>/remedies/room", remedy.case_room, name="case_remedy_room"),
]
