"""Why there can be no backup, or why it cannot be put back; said before Django is there."""

from yinuo.foundation.early_words import early_gettext as _
from yinuo.foundation.refusals import Refusal


class NoBackupThere(Refusal):
    """The folder holds no whole backup."""

    code = "backup.none_there"
    status = 404

    def sentence(self) -> str:
        return _(
            "%(folder)s holds no whole backup: there is no manifest.json in it. Name a folder that `yinuo backup` made."
        ) % {"folder": self.folder}


class HomeNotEmpty(Refusal):
    """What is there already would be mixed with what comes back."""

    code = "backup.home_not_empty"

    def sentence(self) -> str:
        return _(
            "%(place)s is not empty, so nothing was touched. Let YINUO_HOME (or DATABASE_URL) name an empty place, "
            "restore there, and put it in the old one's stead."
        ) % {"place": self.place}


class KeysMissing(Refusal):
    """The backup was made without the keys, and the home has none."""

    code = "backup.keys_missing"

    def sentence(self) -> str:
        return _(
            "This backup was made without its keys. Copy the keys folder that belongs to it to %(folder)s first: "
            "without it nobody could read the personal data."
        ) % {"folder": self.folder}


class ProgramTooOld(Refusal):
    """pg_dump must be of the server's major version or newer."""

    code = "backup.program_too_old"

    def sentence(self) -> str:
        return _(
            "The database is PostgreSQL %(server)s, the programs here are of %(programs)s. Let YINUO_PG_BIN name the "
            "programs of PostgreSQL %(server)s or newer."
        ) % {"server": self.server, "programs": self.programs}


class DumpFailed(Refusal):
    """PostgreSQL's own program gave up; what it said is in the sentence."""

    code = "backup.program_failed"
    status = 500

    def sentence(self) -> str:
        return _("%(program)s gave up: %(said)s Mend that and start again; no half copy is left.") % {
            "program": self.program,
            "said": self.said,
        }
