"""A private Dovecot (IMAP, IMAPS, LMTP) and Exim (SMTP, STARTTLS, AUTH) on free loopback ports, for tests.

Nothing of the system's own mail is touched: all configuration, spool and mail lie in the folder given.
Runs as root (the servers then run as the account `vmail`, made when missing) or as a normal user.
Dovecot 2.3's configuration language, which is Debian 12's.
"""

import contextlib
import getpass
import grp
import imaplib
import os
import pwd
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from yinuo.foundation.tests.ports import free_port

PASSWORD = '一诺 p"w\\1'
_WAIT_SECONDS = 20
_SPARE_USERS = 200


@dataclass
class MailPeers:
    """Two running mail servers; every user signs in with `password`."""

    folder: Path
    users: list[str]
    account: str
    password: str = PASSWORD
    imap_port: int = 0
    imaps_port: int = 0
    lmtp_port: int = 0
    smtp_port: int = 0
    _dovecot: subprocess.Popen[bytes] | None = None
    _exim: subprocess.Popen[bytes] | None = None
    host: str = "localhost"
    _spare: Iterator[int] = field(default_factory=lambda: iter(range(_SPARE_USERS)))

    @property
    def ca_file(self) -> Path:
        return self.folder / "certificate.pem"

    @property
    def domains(self) -> list[str]:
        return sorted({user.rpartition("@")[2] for user in self.users})

    # Switching on and off

    def imap_up(self) -> None:
        """Start Dovecot on its ports, as after an outage."""
        if self._dovecot is None:
            log = (self.folder / "dovecot.out").open("ab")
            self._dovecot = subprocess.Popen(
                ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")], stdout=log, stderr=log
            )
            log.close()
            for port in (self.imap_port, self.imaps_port, self.lmtp_port):
                self._await(port, self._dovecot, "dovecot.log")

    def imap_down(self) -> None:
        """Stop Dovecot; every open connection breaks and mail waits in Exim's queue."""
        self._dovecot = _ended(self._dovecot)

    def smtp_up(self) -> None:
        if self._exim is None:
            log = (self.folder / "exim.out").open("ab")
            self._exim = subprocess.Popen([*self._exim_command(), "-bdf", "-q1s"], stdout=log, stderr=log)
            log.close()
            self._await(self.smtp_port, self._exim, "exim.out")

    def smtp_down(self) -> None:
        self._exim = _ended(self._exim)

    def up(self) -> None:
        self.imap_up()
        self.smtp_up()

    def down(self) -> None:
        self.smtp_down()
        self.imap_down()

    # Mail in and out

    def new_user(self, domain: str = "") -> str:
        """Return an address nobody used yet, with an empty inbox; of the last domain unless one is named."""
        # Made at the start: Dovecot takes up to a second to see a change of its list of users.
        return f"box{next(self._spare)}@{domain or self.domains[-1]}"

    def deliver(self, raw: bytes, to: str, *, by_smtp: bool = False) -> None:
        """Put `raw` into the inbox of `to`: at once through LMTP, or the way of the world through Exim."""
        if by_smtp:
            with smtplib.SMTP(self.host, self.smtp_port, timeout=30) as smtp:
                smtp.sendmail("somebody@elsewhere.test", [to], raw)
            return
        with smtplib.LMTP(self.host, self.lmtp_port) as lmtp:
            lmtp.sendmail("somebody@elsewhere.test", [to], raw)

    def deliver_many(self, mails: Sequence[bytes], to: str) -> None:
        """Put all `mails` into the inbox of `to`, in this order, over one connection."""
        with smtplib.LMTP(self.host, self.lmtp_port) as lmtp:
            for raw in mails:
                lmtp.sendmail("somebody@elsewhere.test", [to], raw)

    def flush(self) -> None:
        """Let Exim try every waiting mail now."""
        subprocess.run([*self._exim_command(), "-qff"], check=True, capture_output=True, timeout=60)

    def inbox(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """Return all mails of `user`, oldest first."""
        with self.signed_in(user, folder) as imap:
            numbers = imap.uid("SEARCH", "ALL")[1][0].split()
            return [imap.uid("FETCH", number, "(BODY.PEEK[])")[1][0][1] for number in numbers]

    def await_inbox(self, user: str, count: int, seconds: float = 20) -> list[bytes]:
        """Return the inbox of `user` once it holds `count` mails; fails when it never does."""
        until = time.monotonic() + seconds
        while len(mails := self.inbox(user)) < count:
            if time.monotonic() > until:
                raise AssertionError(f"{user} has {len(mails)} mails after {seconds} s, not {count}; {self.logs()}")
            time.sleep(0.1)
        return mails

    @contextlib.contextmanager
    def signed_in(self, user: str, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """Another mail program at work: a signed-in IMAP connection that may set flags and delete."""
        imap = imaplib.IMAP4_SSL(self.host, self.imaps_port, ssl_context=self.tls(), timeout=30)
        try:
            imap.authenticate("PLAIN", lambda _: f"\0{user}\0{self.password}".encode())
            imap.select(folder)
            yield imap
        finally:
            imap.logout()

    def renumber(self, user: str) -> None:
        """Give the inbox of `user` a new UIDVALIDITY, as after a restore from backup. Dovecot must be down."""
        maildir = self.folder / "mail" / user / "Maildir"
        for path in [*maildir.glob("dovecot.index*"), *maildir.glob("dovecot.list.index*")]:
            path.unlink()
        listed = maildir / "dovecot-uidlist"
        head, *_rest = listed.read_text().splitlines()
        validity = next(part for part in head.split() if part.startswith("V"))
        listed.unlink()
        (maildir / "dovecot-uidvalidity").unlink(missing_ok=True)
        for path in maildir.glob("dovecot-uidvalidity.*"):
            path.unlink()
        listed.write_text(f"3 V{int(validity[1:]) + 1000} N1 G{'0' * 31}1\n")
        shutil.chown(listed, self.account, _group_of(self.account))

    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca_file))

    def logs(self) -> str:
        """Return the last words of both servers."""
        paths = [*self.folder.glob("*.log"), *self.folder.glob("*.out"), *self.folder.glob("spool/*log")]
        return "\n".join(f"{path.name}: {path.read_text(errors='replace')[-600:]}" for path in paths if path.is_file())

    def _exim_command(self) -> list[str]:
        return ["exim4", "-C", str(self.folder / "exim.conf")]

    def _await(self, port: int, process: subprocess.Popen[bytes], log: str) -> None:
        until = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
                return
            time.sleep(0.02)
        raise RuntimeError(f"port {port} never opened; {log}: {self.logs()}")


@contextlib.contextmanager
def mail_peers(
    folder: Path | None = None,
    users: Sequence[str] = ("support@yinuo.test", "repair@yinuo.test", "wang@out.test", "li@out.test"),
) -> Iterator[MailPeers]:
    """Run both servers for these users; stopped and gone at the end.

    folder: where they keep everything, one that every account may enter; by default a folder of their own.
    """
    with contextlib.nullcontext(folder) if folder else _own_folder() as place:
        peers = MailPeers(folder=place.resolve(), users=list(users), account=_account())
        _prepare(peers)
        try:
            peers.up()
            yield peers
        finally:
            peers.down()


def _prepare(peers: MailPeers) -> None:
    for name in ("mail", "spool"):
        (peers.folder / name).mkdir(exist_ok=True)
    peers.imap_port, peers.imaps_port, peers.lmtp_port, peers.smtp_port = (free_port() for _ in range(4))
    _write_certificate(peers)
    _write_users(peers)
    (peers.folder / "dovecot.conf").write_text(_dovecot_conf(peers))
    (peers.folder / "exim.conf").write_text(_exim_conf(peers))


@pytest.fixture(scope="module")
def mail_servers() -> Iterator[MailPeers]:
    """Both servers for one module of tests; import this fixture into the conftest.py that wants it."""
    skip_without_mail_servers()
    with mail_peers() as peers:
        yield peers


def skip_without_mail_servers() -> None:
    """Skip the running test, saying what to install, when Dovecot or Exim is not there."""
    packages = {"dovecot": "dovecot-imapd dovecot-lmtpd", "exim4": "exim4-daemon-light", "openssl": "openssl"}
    for program, package in packages.items():
        if shutil.which(program, path=_path()) is None:
            pytest.skip(f"{program} is not installed; on Debian: apt-get install --no-install-recommends {package}")
    os.environ["PATH"] = _path()


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def _account() -> str:
    if os.geteuid() != 0:
        return getpass.getuser()
    try:
        pwd.getpwnam("vmail")
    except KeyError:
        subprocess.run(["useradd", "-r", "-s", "/usr/sbin/nologin", "vmail"], check=True)
    return "vmail"


def _group_of(account: str) -> str:
    return grp.getgrgid(pwd.getpwnam(account).pw_gid).gr_name


@contextlib.contextmanager
def _own_folder() -> Iterator[Path]:
    """A folder the servers' account may enter; pytest closes its own to all other accounts again and again."""
    folder = Path(tempfile.mkdtemp(prefix="yinuo-peers-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_certificate(peers: MailPeers) -> None:
    key = peers.folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(peers.ca_file)),
        ],
        check=True,
        capture_output=True,
    )
    # Exim reads the key after it became the account; without that STARTTLS answers 454.
    key.chmod(0o640)
    if os.geteuid() == 0:
        shutil.chown(key, "root", _group_of(peers.account))
        for name in ("mail", "spool"):
            shutil.chown(peers.folder / name, peers.account, _group_of(peers.account))


def _write_users(peers: MailPeers) -> None:
    entry = pwd.getpwnam(peers.account)
    lines = [
        f"{user}:{{PLAIN}}{peers.password}:{entry.pw_uid}:{entry.pw_gid}::{peers.folder}/mail/{user}\n"
        for user in [*peers.users, *(f"box{number}@{name}" for name in peers.domains for number in range(_SPARE_USERS))]
    ]
    (peers.folder / "users").write_text("".join(lines))


def _ended(process: subprocess.Popen[bytes] | None) -> None:
    if process is None:
        return
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def _dovecot_conf(peers: MailPeers) -> str:
    root = os.geteuid() == 0
    internal, login = ("dovecot", "dovenull") if root else (peers.account, peers.account)
    group = "dovecot" if root else _group_of(peers.account)
    return f"""base_dir = {peers.folder}/run
state_dir = {peers.folder}/state
log_path = {peers.folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{peers.ca_file}
ssl_key = <{peers.folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
auth_verbose = yes
mail_location = maildir:~/Maildir
mail_fsync = never
first_valid_uid = 1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
mail_max_userip_connections = 100
lmtp_save_to_detail_mailbox = no
passdb {{
  driver = passwd-file
  args = {peers.folder}/users
}}
userdb {{
  driver = passwd-file
  args = {peers.folder}/users
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {peers.imap_port}
  }}
  inet_listener imaps {{
    port = {peers.imaps_port}
  }}
}}
service anvil {{
  chroot =
  # Without its list of failed sign-ins nobody has to wait after a wrong password.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {peers.lmtp_port}
  }}
}}
namespace inbox {{
  inbox = yes
  mailbox 已处理 {{
    auto = create
  }}
}}
"""


def _exim_conf(peers: MailPeers) -> str:
    """Addresses `busy-…` are refused for now (450), `full-…` as over quota (552), `nobody-…` for ever (550)."""
    return f"""primary_hostname = mx.yinuo.test
spool_directory = {peers.folder}/spool
log_file_path = {peers.folder}/spool/%slog
pid_file_path = {peers.folder}/spool/exim.pid
domainlist local_domains = {" : ".join(peers.domains)}
daemon_smtp_ports = {peers.smtp_port}
local_interfaces = 127.0.0.1
exim_user = {peers.account}
exim_group = {_group_of(peers.account)}
never_users =
deliver_drop_privilege = true
tls_advertise_hosts = *
tls_certificate = {peers.ca_file}
tls_privatekey = {peers.folder}/key.pem
message_size_limit = 60M
smtp_accept_max = 50
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
auth_advertise_hosts = *
smtputf8_advertise_hosts = *
queue_run_max = 2
begin acl
acl_rcpt:
  defer local_parts = ^busy-
        message = 4.2.1 try again in a while
  deny local_parts = ^full-
       message = 552 5.2.2 mailbox full
  deny local_parts = ^nobody-
       message = 5.1.1 no such person here
  accept domains = +local_domains
  deny message = relay not permitted
acl_data:
  deny condition = ${{if match{{$h_Subject:}}{{FORBIDDEN}}}}
       message = 5.7.1 content not wanted
  accept
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if eq{{$auth3}}{{{_exim_string(peers.password)}}}}}
  server_set_id = $auth2
begin routers
local:
  driver = accept
  domains = +local_domains
  transport = into_dovecot
begin transports
into_dovecot:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  hosts_override
  port = {peers.lmtp_port}
  allow_localhost
begin retry
* * F,1h,1s
"""


def _exim_string(text: str) -> str:
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}").replace("{", "\\{")
