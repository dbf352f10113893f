"""Run as a program by the fault tests: makes the small company with one local mailbox in the database of YINUO_HOME."""

import sys
from pathlib import Path

from yinuo.commands.starting import prepare, start_django


def main(folder: Path) -> None:
    start_django()
    prepare()
    from yinuo.cases.tests.cast import BEGINNING, SYSTEM, build_house
    from yinuo.intake.mail.actions import MailboxDraft, save_mailbox
    from yinuo.intake.mail.transport.maildir import make_maildir

    house = build_house()
    draft = MailboxDraft(
        address="support@henuan.example",
        sender_name="Henuan",
        in_security="maildir",
        in_host=str(make_maildir(folder / "in")),
        out_security="maildir",
        out_host=str(make_maildir(folder / "out")),
    )
    save_mailbox(draft=draft, team=house.team, by=SYSTEM, at=BEGINNING)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
