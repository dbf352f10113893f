"""What a customer writes to a case, wherever it belongs: to the case itself, or to a new one that follows it."""

from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.models import Case, Message
from yinuo.organisation.models import Staff

from .locking import locked_living_case
from .messages import Said, add_customer_message
from .opening import FirstMessage, open_case
from .thanking import taken_as_thanks


@transaction.atomic
def take_customer_message(
    *, case: Case, said: Said, channel: str, address: str = "", by: Actor, at: datetime
) -> Message:
    """Add what the customer said to their case; when that closed for good, open a new case that follows it.

    The new one goes to the same team: to who owned the case before, while they work here, else to the leader. Thanks
    follow nothing: they are kept in the case they belong to. What is said in a merged case is said in the one its
    number leads to; a new case is always its own customer's. Refuses and announces as `add_customer_message` and
    `open_case` do.
    """
    living = locked_living_case(case, by)
    if belongs_to_new_case(living, said, at=at):
        return _follow(case, living, said, channel, address, by=by, at=at)
    return add_customer_message(case=case, said=said, channel=channel, address=address, by=by, at=at)


def belongs_to_new_case(case: Case, said: Said, *, at: datetime) -> bool:
    """Return whether what a customer says to this case begins a new one, because it closed for good."""
    if case.is_open or rules.may_start_again(state=case.state, settles_at=case.settles_at, at=at):
        return False
    return taken_as_thanks(case, said) is None


def _follow(case: Case, living: Case, said: Said, channel: str, address: str, *, by: Actor, at: datetime) -> Message:
    first = FirstMessage(
        text=said.text,
        subject=case.subject,
        said_at=said.at,
        author_name=said.author_name,
        html=said.html,
        quoted=said.quoted,
        source_key=said.source_key,
        address=address,
        attachments=said.attachments,
    )
    opened = open_case(
        customer=case.customer,
        first=first,
        channel=channel,
        team=living.team,
        owner=_successor(living),
        owner_reason=f"follows {case.reference}",
        case_class=case.case_class,
        category=case.category,
        language=case.language,
        follows=case,
        by=by,
        at=at,
    )
    return Message.objects.select_related("case").get(pk=opened.message_id)


def _successor(case: Case) -> Staff:
    assert case.owner is not None  # constraint open_case_has_owner_and_live_promise: it had one when it was open
    if case.owner.left_at is None:
        return case.owner
    team = Staff.objects.filter(memberships__team=case.team_id, left_at=None)
    return team.order_by("-memberships__is_leader", "pk").first() or case.owner
