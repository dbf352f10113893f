"""Loaded by pytest before anything else: a home folder of this run's own, and the embedded database unless told.

`DATABASE_URL` names a server to test against instead; the tests make and drop databases of their own on it.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_HOME = Path(tempfile.mkdtemp(prefix="yinuo-test-"))
os.environ["YINUO_HOME"] = str(_HOME)
os.environ.setdefault("YINUO_PG_PROFILE", "test")
os.environ.setdefault("YINUO_SECRET_KEY", "tests-only")
os.environ.setdefault("YINUO_LOG_LEVEL", "WARNING")
# The home folder is private, yet a server that runs as another user must be able to pass through.
_HOME.chmod(0o711)

# Registered first, so it runs last: the server that lives in the folder has stopped by then.
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
