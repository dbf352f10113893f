"""What can happen in the portal. Addresses, codes and texts are not in it."""

from yinuo.foundation.facts import Fact


class SignInAsked(Fact):
    """Somebody asked for a code for a mail address, whether we know it or not."""

    sign_in_id: int


class CustomerSignedIn(Fact):
    """A customer proved a mail address and may open their own pages on one device."""

    customer_id: int
    session_id: int
    identity_id: int


class CustomerSignedOut(Fact):
    """A customer ended their signing in on one device."""

    customer_id: int
    session_id: int


class QuestionAsked(Fact):
    """A question from the form became a case. is_proved: the customer was signed in."""

    case_id: int
    customer_id: int
    category: str
    was_guessed: bool
    is_proved: bool
