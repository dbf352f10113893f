"""Customers sign in by a code or a link in a letter; neither the page nor its time says whether an address is known.

Asking only writes a row and a fact, the same for every address. A follower looks the address up afterwards, and only
when it is a customer's does it make a code and queue the letter.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.encryption import blind_index
from yinuo.customers.actions import change_customer, verify_identity
from yinuo.customers.actions.people import CustomerDetails
from yinuo.customers.models import Customer, Identity, IdentityKind
from yinuo.customers.rules import normal_identity
from yinuo.foundation.facts import announce
from yinuo.foundation.home import home
from yinuo.foundation.references import new_token
from yinuo.intake.mail.actions import LetterDraft, queue_letter
from yinuo.intake.portal import rules
from yinuo.intake.portal.facts import CustomerSignedIn, CustomerSignedOut, SignInAsked
from yinuo.intake.portal.models import CustomerSession, SignIn
from yinuo.intake.portal.queries import digest_of, house_name

PORTAL = Actor.system("portal")


@transaction.atomic
def ask_to_sign_in(*, address: str, language: str, at: datetime) -> str:
    """Write down that somebody wants to sign in with a mail address; return the token of the page for the code.

    Does the same for every address. Refuses with NotAMailAddress. Announces SignInAsked.
    """
    identity = normal_identity(IdentityKind.MAIL, address)
    token = new_token()
    row = SignIn.objects.create(
        page_digest=digest_of(token),
        lookup=blind_index(IdentityKind.MAIL, identity.key),
        language=language,
        asked_at=at,
        expires_at=at + rules.CODE_GOOD_FOR,
        tries_left=rules.CODE_TRIES,
    )
    announce(SignInAsked(sign_in_id=row.pk), by=PORTAL, at=at)
    return token


@transaction.atomic
def send_code(*, sign_in: SignIn, at: datetime) -> None:
    """Make the code and the link and queue their letter, when the address is a customer's.

    For the follower of SignInAsked. A row that has its code, or is too old, stays as it is. The letter goes to the
    address as we have it, never as it was typed: two that are written alike may be two mailboxes.
    """
    row = SignIn.objects.select_for_update().get(pk=sign_in.pk)
    identity = Identity.objects.filter(kind=IdentityKind.MAIL, lookup=row.lookup).first()
    if row.code_digest is not None or identity is None or at >= row.expires_at:
        return
    code, link = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}", new_token()
    row.identity, row.code_digest, row.link_digest = identity, _code_digest(row.pk, code), digest_of(link)
    row.save(update_fields=["identity", "code_digest", "link_digest"])
    draft = _letter(identity.value, code, link, row.language)
    queue_letter(draft=draft, key=f"portal.sign_in:{row.pk}", expires_at=row.expires_at, at=at)


def sign_in_by_code(
    *, page_token: str, code: str, before: CustomerSession | None = None, at: datetime
) -> tuple[str, CustomerSession]:
    """Sign a customer in with the code of their letter; return the new session's token, for the cookie, and its row.

    before: the session the device had; it ends. Refuses with CodeWrong, SignInOver. Announces CustomerSignedIn.
    """
    with transaction.atomic():
        row = SignIn.objects.select_for_update().filter(page_digest=digest_of(page_token)).first()
        if row is None or not _is_running(row, at):
            raise rules.SignInOver
        # Compared also when there is no letter, so that both take the same time.
        expected = bytes(row.code_digest or _code_digest(0, "-"))
        if hmac.compare_digest(_code_digest(row.pk, rules.plain_code(code)), expected):
            return _signed_in(row, before, at)
        row.tries_left -= 1
        row.save(update_fields=["tries_left"])
        left = row.tries_left
    # Outside the transaction: the try must stay counted.
    if not left:
        raise rules.SignInOver
    raise rules.CodeWrong(left=left)


@transaction.atomic
def sign_in_by_link(*, link: str, before: CustomerSession | None = None, at: datetime) -> tuple[str, CustomerSession]:
    """Sign a customer in with the link of their letter, once they confirmed it; as `sign_in_by_code`.

    Refuses with SignInOver. Announces CustomerSignedIn.
    """
    row = SignIn.objects.select_for_update().filter(link_digest=digest_of(link)).first()
    if row is None or not _is_running(row, at):
        raise rules.SignInOver
    return _signed_in(row, before, at)


@transaction.atomic
def sign_out(*, session: CustomerSession, at: datetime) -> None:
    """End a session; its token opens nothing any more. Announces CustomerSignedOut."""
    if CustomerSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=at):
        announce(CustomerSignedOut(customer_id=session.customer_id, session_id=session.pk), by=PORTAL, at=at)


def change_language(*, session: CustomerSession, language: str, at: datetime) -> None:
    """Write to this customer in that language from now on."""
    customer = Customer.objects.get(pk=session.customer_id)
    details = CustomerDetails(
        name=customer.name,
        language=language,
        company=customer.company,
        region=customer.region,
        city=customer.city,
        address=customer.address or "",
        registered_on=customer.registered_on,
    )
    change_customer(customer=customer, details=details, by=Actor.customer(customer.pk, name=customer.name), at=at)


def forget_what_ended(*, at: datetime) -> int:
    """Remove sign-ins that are over and sessions that ended or ran out a day ago; return how many."""
    yesterday = at - rules.FORGET_AFTER
    sign_ins = SignIn.objects.filter(expires_at__lt=yesterday).delete()[0]
    sessions = CustomerSession.objects.filter(expires_at__lt=yesterday) | CustomerSession.objects.filter(
        ended_at__lt=yesterday
    )
    return sign_ins + sessions.delete()[0]


def _is_running(row: SignIn, at: datetime) -> bool:
    return row.used_at is None and row.tries_left > 0 and at < row.expires_at


def _signed_in(row: SignIn, before: CustomerSession | None, at: datetime) -> tuple[str, CustomerSession]:
    identity = row.identity
    assert identity is not None  # a_sign_in_has_an_identity_when_it_has_a_code
    row.used_at = at
    row.save(update_fields=["used_at"])
    verify_identity(identity=identity, by=PORTAL, at=at)
    if before is not None:
        sign_out(session=before, at=at)
    token = new_token()
    session = CustomerSession.objects.create(
        digest=digest_of(token),
        customer_id=identity.customer_id,
        identity=identity,
        started_at=at,
        expires_at=at + rules.SESSION_GOOD_FOR,
    )
    announce(
        CustomerSignedIn(customer_id=identity.customer_id, session_id=session.pk, identity_id=identity.pk),
        by=PORTAL,
        at=at,
    )
    return token, session


def _code_digest(row_id: int, code: str) -> bytes:
    """Return a hash of a short code under a key that is not in the database: six digits are quickly tried out."""
    return hmac.digest(home().secret("portal-code").encode(), f"{row_id}\0{code}".encode(), hashlib.sha256)


def _letter(address: str, code: str, link: str, language: str) -> LetterDraft:
    with translation.override(language):
        house = house_name()
        text = _(
            "Hello,\n\n"
            "your code for %(house)s is %(code)s\n\n"
            "Type it into the page you have open. Or open this page and confirm there:\n%(link)s\n\n"
            "Both are good for ten minutes and for one time. Nobody of ours will ever ask you for the code.\n"
            "If it was not you who asked for it, you need do nothing."
        ) % {"house": house, "code": code, "link": f"{settings.SITE_URL}/my/sign-in/link/{link}"}
        subject = _("%(code)s is your code for %(house)s") % {"code": code, "house": house}
    return LetterDraft(to=address, subject=subject, text=text, purpose="portal.sign_in", language=language)
