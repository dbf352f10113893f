"""What can stand between us and a mail server, each with a sentence saying what to do.

`temporary` tells whether waiting alone may help; a wrong password does not mend itself.
"""

from typing import ClassVar

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal


class MailServerRefusal(Refusal):
    """Base of everything a mail server or the way to it can refuse; `host` and `port` are always among the details."""

    code = "intake.mail_server"
    temporary: ClassVar[bool] = True

    def _sentence(self, text: str) -> str:
        return text % {"host": "", "port": "", "answer": "", "folder": "", "username": "", **self.details}


class UnknownHost(MailServerRefusal):
    """The name of the server cannot be resolved."""

    code = "intake.mail_unknown_host"

    def sentence(self) -> str:
        return self._sentence(
            _(
                "The mail server %(host)s was not found. Check the spelling of its name and that "
                "this machine can reach the internet."
            )
        )


class ServerUnreachable(MailServerRefusal):
    """Nobody listens there, or no road leads there."""

    code = "intake.mail_unreachable"

    def sentence(self) -> str:
        return self._sentence(
            _(
                "No mail server answers at %(host)s, port %(port)s. Check the port and that no "
                "firewall is in between; it is tried again by itself."
            )
        )


class ServerTooSlow(MailServerRefusal):
    """The server took longer than the settings allow."""

    code = "intake.mail_too_slow"

    def sentence(self) -> str:
        return self._sentence(
            _(
                "The mail server %(host)s, port %(port)s, did not answer in time. Check that port"
                " and encryption fit together; it is tried again by itself."
            )
        )


class ConnectionLost(MailServerRefusal):
    """The line broke in the middle. `uids` are the mails being fetched at that moment."""

    code = "intake.mail_connection_lost"

    def sentence(self) -> str:
        return self._sentence(
            _("The connection to the mail server %(host)s broke. It is tried again by itself; nothing is lost.")
        )


class CertificateNotTrusted(MailServerRefusal):
    """The server's certificate is not one we can trust."""

    code = "intake.mail_certificate"
    temporary = False

    def sentence(self) -> str:
        return self._sentence(
            _(
                "The certificate of the mail server %(host)s is not trusted (%(answer)s). Use the server name written "
                "in the certificate, or give the file of your own certificate authority."
            )
        )


class EncryptionFailed(MailServerRefusal):
    """The two sides cannot agree on TLS, most often because port and mode do not fit."""

    code = "intake.mail_encryption"
    temporary = False

    def sentence(self) -> str:
        return self._sentence(
            _(
                "An encrypted connection to %(host)s, port %(port)s, could not be made (%(answer)s). Try the other "
                "mode: TLS is usual on ports 993 and 465, STARTTLS on ports 143 and 587."
            )
        )


class EncryptionNeeded(MailServerRefusal):
    """The server takes no password over an open line."""

    code = "intake.mail_encryption_needed"
    temporary = False

    def sentence(self) -> str:
        return self._sentence(
            _("The mail server %(host)s takes no password without encryption. Choose TLS or STARTTLS for this mailbox.")
        )


class WrongPassword(MailServerRefusal):
    """The server does not let this account in."""

    code = "intake.mail_wrong_password"
    temporary = False

    def sentence(self) -> str:
        return self._sentence(
            _(
                "The mail server %(host)s did not accept the password of %(username)s. Enter it again; many providers "
                "(QQ, 163, Gmail) want an authorisation code made in their settings instead of the sign-in password."
            )
        )


class FolderNotFound(MailServerRefusal):
    """The mailbox has no such folder."""

    code = "intake.mail_folder_not_found"
    temporary = False

    def sentence(self) -> str:
        return self._sentence(
            _(
                "The mailbox %(username)s has no folder “%(folder)s” (%(answer)s). Choose one of "
                "its folders; the main one is called INBOX."
            )
        )


class ServerRefused(MailServerRefusal):
    """Any other 'no' of the server, given in its own words."""

    code = "intake.mail_server_refused"

    def sentence(self) -> str:
        return self._sentence(
            _(
                "The mail server %(host)s refused: %(answer)s. It is tried again by itself; if it"
                " stays, show this to whoever runs the server."
            )
        )


class MailFolderUnreadable(MailServerRefusal):
    """A local mail folder is missing or closed to us."""

    code = "intake.mail_folder_unreadable"

    def sentence(self) -> str:
        return self._sentence(
            _(
                "The mail folder %(host)s cannot be used (%(answer)s). Check that it exists and that "
                "Yinuo may read and write it."
            )
        )


class RecipientRefused(MailServerRefusal):
    """The server will not deliver to any of the recipients."""

    code = "intake.mail_recipient_refused"
    temporary = False

    def sentence(self) -> str:
        return self._sentence(
            _(
                "The mail was not sent: the mail server does not accept %(address)s (%(answer)s). "
                "Check the address with the customer."
            )
        )


class MailRefused(MailServerRefusal):
    """The server will not take this very mail (its sender, size or content)."""

    code = "intake.mail_refused"
    temporary = False

    def sentence(self) -> str:
        return self._sentence(
            _(
                "The mail was not sent: the mail server %(host)s will not take it (%(answer)s). "
                "Check sender, size and attachments, then send it again."
            )
        )


class AddressNeedsUTF8(MailServerRefusal):
    """A non-ASCII address, and a server that only speaks ASCII ones."""

    code = "intake.mail_address_needs_utf8"
    temporary = False

    def sentence(self) -> str:
        return self._sentence(
            _(
                "The mail was not sent: the mail server %(host)s cannot deliver to %(address)s "
                "because of its letters. Ask the customer for another address."
            )
        )


class HeaderNotAllowed(Refusal):
    """A value meant for one header would break out of it; `field` says which: a key of `_field_names`."""

    code = "intake.mail_header_not_allowed"
    status = 422

    def sentence(self) -> str:
        text = _(
            "The mail cannot be written: the %(field)s contains a character that is not allowed there. "
            "Remove line breaks and control characters."
        )
        return text % {"field": _field_names()[self.field]}


def _field_names() -> dict[str, str]:
    return {
        "subject": _("subject"),
        "sender": _("sender"),
        "recipient": _("recipient"),
        "copy": _("copy recipient"),
        "reply_address": _("reply address"),
        "message_id": _("message number"),
        "file_name": _("file name"),
    }


class AddressNotValid(Refusal):
    """Not an address a mail can be sent to."""

    code = "intake.mail_address_not_valid"
    status = 422

    def sentence(self) -> str:
        return _("“%(address)s” is not a mail address. Write it as name@example.com.") % {"address": self.address}
