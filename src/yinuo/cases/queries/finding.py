"""One case, message or file, for somebody who may know of it; otherwise NotFound, whether it exists or not."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from yinuo.access.actors import Actor
from yinuo.cases.models import Attachment, Case, Incident, IncidentState, Message, MessageKind
from yinuo.cases.models.case import limits_of
from yinuo.customers.models import Customer
from yinuo.foundation.refusals import NotFound

PUBLIC_KINDS = (MessageKind.CUSTOMER, MessageKind.REPLY, MessageKind.NOTICE)


def case_by_reference(reference: str, *, actor: Actor) -> Case:
    """Return the case with its people; the number of a merged case leads to the living one.

    absorbs_others: others were merged into it. incident_number: of the running incident it leads or is part of.

    Who may see the merged case alone, as its customer when the other one is somebody else's, gets that. Refuses with
    NotFound when it is not there or not this actor's to see.
    """
    related = ("customer__company", "owner", "team", "department", "standard_version__standard")
    absorbs = Exists(Case.objects.filter(merged_into=OuterRef("pk")))
    cases = Case.objects.visible_to(actor).select_related(*related).defer("customer__address")
    behind = Incident.objects.filter(Q(case=OuterRef("pk")) | Q(parts__case=OuterRef("pk")), state=IncidentState.OPEN)
    cases = cases.annotate(absorbs_others=absorbs, incident_number=Subquery(behind.values("case__reference")[:1]))
    case = cases.filter(reference=reference.upper()).first()
    if case is not None and case.merged_into_id is None:
        return case
    living = cases.filter(absorbed__reference=reference.upper()).first()
    if living is None and case is None:
        raise NotFound
    return living or case  # type: ignore[return-value]  # one of them is a case


def may_work_on(case: Case, actor: Actor) -> bool:
    """Return whether this person may do on the case what their role allows, and not only answer a task on it."""
    return not limits_of(actor) or Case.objects.workable_by(actor).filter(pk=case.pk).exists()


def tracked_case(token: str) -> Case:
    """Return the case of a tracking link; whoever holds the link stands for the customer. Refuses with NotFound.

    The link of a merged case leads to the living one, if that is the same customer's.
    """
    related = ("customer", "owner", "team", "department")
    cases = Case.objects.select_related(*related).defer("customer__address")
    case = cases.filter(track_token=token).first()
    if case is None:
        raise NotFound
    if case.merged_into_id is None:
        return case
    return cases.filter(pk=case.merged_into_id, customer=case.customer_id).first() or case


def open_cases_of_customer(customer: Customer, *, actor: Actor) -> QuerySet[Case]:
    """Return the customer's open cases that this actor may know of, the one due first first."""
    return Case.objects.visible_to(actor).open().filter(customer=customer).order_by("next_due_at", "id")


def message_for(message_id: int, *, actor: Actor) -> Message:
    """Return a message of a case this actor may see; customers never get notes. Refuses with NotFound."""
    messages = Message.objects.filter(case__in=Case.objects.visible_to(actor)).filter(pk=message_id)
    if actor.customer_id:
        messages = messages.filter(kind__in=PUBLIC_KINDS)
    message = messages.first()
    if message is None:
        raise NotFound
    return message


def attachment_for(attachment_id: int, *, actor: Actor, case: Case | None = None) -> Attachment:
    """Return a file of a case this actor may see; customers never get files of notes. Refuses with NotFound.

    case: only files of this one, for doors that open a single case.
    """
    files = Attachment.objects.filter(pk=attachment_id, message__case__in=Case.objects.visible_to(actor))
    if actor.customer_id:
        files = files.filter(message__kind__in=PUBLIC_KINDS)
    if case is not None:
        files = files.filter(message__case=case)
    attachment = files.first()
    if attachment is None:
        raise NotFound
    return attachment
