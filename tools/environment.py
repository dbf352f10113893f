"""Make Yinuo's environment for the launcher `./yinuo`. Standard library only: it runs before anything is installed.

Usage: environment.py FOLDER LOCK SUM: FOLDER is the virtual environment; LOCK is `requirements` or
`requirements-test`, whose locked packages it must hold; SUM is written to FOLDER/LOCK.stamp when all is done.
With `requirements-test` it also brings the system's packages that tests need, where that is permitted.
"""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

CHECKOUT = Path(__file__).resolve().parents[1]


class Need(NamedTuple):
    """A system package that tests need, how to see whether it is there, and what is skipped without it."""

    package: str
    is_there: Callable[[], bool]
    skipped: str


def main() -> int:
    folder, lock, total = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as held:
        wait_for(held)
        stamp = folder / f"{lock}.stamp"
        if not (stamp.exists() and stamp.read_text().strip() == total and runs(folder)):
            make(folder, lock, stamp, total)
    if lock == "requirements-test":
        bring_system_packages()
    return 0


def wait_for(held) -> None:  # noqa: ANN001 - any open file
    """Hold the lock; the kernel frees it when its holder ends in whatever way, so it is never stale."""
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        tell("another ./yinuo is making the environment; waiting for it …")
        fcntl.flock(held, fcntl.LOCK_EX)


def make(folder: Path, lock: str, stamp: Path, total: str) -> None:
    """Install what LOCK says, then Yinuo itself from this checkout, then leave the stamp."""
    for old in folder.glob("*.stamp"):
        old.unlink()
    # One made by another tool may have no pip; Python brings one.
    if not runs(folder) or not (runs(folder, "pip", "--version") or runs(folder, "ensurepip")):
        make_empty(folder)
    tell(f"installing the packages of {lock}.lock into {folder} …")
    pip(folder, "install", "--require-hashes", "--requirement", str(CHECKOUT / f"{lock}.lock"))
    pip(folder, "install", "--no-deps", "--editable", str(CHECKOUT))
    draft = stamp.with_suffix(".draft")
    draft.write_text(f"{total}\n")
    draft.rename(stamp)


def runs(folder: Path, *words: str) -> bool:
    """Return whether the environment's Python runs, and runs the module that `words` name, if any."""
    python = folder / "bin" / "python"
    what = ["-m", *words] if words else ["-c", ""]
    return python.exists() and run([str(python), *what], capture_output=True).returncode == 0


def make_empty(folder: Path) -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        give_up(
            f"{sys.executable} cannot make environments: its module venv is not installed. Install it (Debian, Ubuntu: "
            f"apt-get install python{version}-venv) and start again."
        )
    if folder.exists() and not (folder / "pyvenv.cfg").exists() and any(folder.iterdir()):
        give_up(f"{folder} is in the way: it is no environment, and Yinuo deletes nothing it did not make.")
    tell(f"making an environment in {folder} …")
    made = run([sys.executable, "-m", "venv", "--clear", str(folder)])
    if made.returncode != 0:
        give_up("the environment could not be made; the lines above say why.")


def pip(folder: Path, *words: str) -> None:
    spoilers = {"PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PYTHONHOME", "PYTHONPATH", "PIP_REQUIRE_VIRTUALENV"}
    environment = {name: value for name, value in os.environ.items() if name not in spoilers}
    command = [
        str(folder / "bin" / "python"),
        "-m",
        "pip",
        "-qq",
        "--no-input",
        "--disable-pip-version-check",
        *words,
    ]
    if run(command, env=environment).returncode != 0:
        give_up(
            "installing failed; the lines above say why (often: no network). Start again: it takes up where it was."
        )


def bring_system_packages() -> None:
    """Install what tests need from the system's packages where apt and the right to use it are there; else say so."""
    missing = [need for need in NEEDS if not need.is_there()]
    if missing and may_install():
        tell(f"installing system packages for the tests: {', '.join(need.package for need in missing)} …")
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        run([*prefix, "sh", "-c", INSTALL, "sh", *(need.package for need in missing)])
        missing = [need for need in missing if not need.is_there()]
    for need in missing:
        tell(f"without {need.package}, {need.skipped} are skipped.")
    if missing:
        tell(f"to run them all: apt-get install {' '.join(need.package for need in missing)}")


def may_install() -> bool:
    if os.environ.get("YINUO_SYSTEM_PACKAGES") == "no" or not shutil.which("apt-get"):
        return False
    if os.geteuid() == 0:
        return True
    return bool(shutil.which("sudo")) and run(["sudo", "-n", "true"], capture_output=True).returncode == 0


# Debian asks policy-rc.d before it starts a new package's service; 101 means: do not. Mail servers that nobody
# asked for must not start to listen. Ours is removed again, also one left by a run that was killed.
INSTALL = """
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ] || grep -q 'left by yinuo test' "$policy"; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM
    printf '#!/bin/sh\\n# left by yinuo test; may be deleted\\nexit 101\\n' >"$policy"
    chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends "$@"
"""


def has_program(*names: str) -> Callable[[], bool]:
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin:/usr/lib/dovecot:/usr/libexec/dovecot"
    return lambda: any(shutil.which(name, path=path) for name in names)


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return any(Path("/usr/share/fonts").rglob("NotoSansCJK*"))
    return bool(run(["fc-list", ":lang=zh-cn"], capture_output=True).stdout.strip())


NEEDS = (
    Need("chromium", has_program("chromium", "chromium-browser", "google-chrome"), "tests of pages in a browser"),
    Need("fonts-noto-cjk", has_chinese_font, "tests that look at Chinese text on a page"),
    Need("dovecot-imapd", has_program("imap"), "tests that fetch real mail"),
    Need("dovecot-lmtpd", has_program("lmtp"), "tests that deliver real mail"),
    Need("exim4-daemon-light", has_program("exim4", "exim"), "tests that send real mail"),
)


def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, text=True, **options)  # noqa: S603 - commands written in this file


def tell(words: str) -> None:
    print(f"Yinuo: {words}", file=sys.stderr, flush=True)


def give_up(words: str) -> None:
    tell(words)
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
