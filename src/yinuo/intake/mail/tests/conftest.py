"""The real servers, once for each module that wants them."""

from yinuo.intake.mail.tests.peers import mail_servers

__all__ = ["mail_servers"]
