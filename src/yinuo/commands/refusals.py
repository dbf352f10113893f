"""Why a command cannot do what it was told, in sentences for the person at the terminal."""

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal


class NoSuchAccount(Refusal):
    code = "commands.no_such_account"
    status = 404

    def sentence(self) -> str:
        return _("There is no account called %(username)s. See all with: yinuo user list.") % self.details


class NoSuchMailbox(Refusal):
    code = "commands.no_such_mailbox"
    status = 404

    def sentence(self) -> str:
        return _("There is no mailbox %(address)s. Add it in the settings, or leave --mailbox out.") % self.details


class NoSuchToken(Refusal):
    code = "commands.no_such_token"
    status = 404

    def sentence(self) -> str:
        return _("There is no token with the number %(number)s. The numbers stand in the settings of the account.") % (
            self.details
        )
