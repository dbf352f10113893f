"""Chromium and the real mail servers, for the stories."""

from yinuo.intake.mail.tests.peers import mail_servers

__all__ = ["mail_servers"]
