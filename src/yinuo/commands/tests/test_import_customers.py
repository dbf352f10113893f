"""`yinuo import customers` as a person types it, on a database with customers in it."""

import csv
import json
import os
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.db import connection

from yinuo.customers.models import Customer, ImportRun

FILE = "姓名,电话,邮箱\n王丽,13800136721,wang@example.com\n李强,13800136722,\n李强,+86 138 0013 6722,\n短号,1380013,\n"

pytestmark = pytest.mark.django_db(transaction=True)


def yinuo(*words: object) -> subprocess.CompletedProcess:
    settings = connection.settings_dict
    user, password, host = (quote(settings[name] or "", safe="") for name in ("USER", "PASSWORD", "HOST"))
    port = f"&port={settings['PORT']}" if settings["PORT"] else ""
    address = f"postgresql://{user}:{password}@/{settings['NAME']}?host={host}{port}"
    command = [sys.executable, "-m", "yinuo", "import", "customers", *map(str, words)]
    environment = os.environ | {"DATABASE_URL": address}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)


def test_a_dry_run_and_the_import_after_it_print_the_same_counts(tmp_path):
    path, rejected = tmp_path / "customers.csv", tmp_path / "rejected.csv"
    path.write_bytes(FILE.encode("gb18030"))

    dry = yinuo(path, "--map", "name=姓名", "--dry-run", "--json")
    done = yinuo(path, "--map", "name=姓名", "--json", "--rejected", rejected)

    assert (dry.returncode, done.returncode) == (0, 0), dry.stderr + done.stderr
    counts = [json.loads(said.stdout) for said in (dry, done)]
    wanted = {"read": 4, "stored": 2, "duplicates": 1, "kept_raw": 0, "rejected": 1, "state": "done"}
    assert [{name: one[name] for name in wanted} for one in counts] == [wanted, wanted]
    assert [one["dry_run"] for one in counts] == [True, False]
    assert [problem["line"] for problem in counts[1]["problems"]] == [5]
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["李强", "王丽"]
    with rejected.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1][2:] == ["短号", "1380013", ""]


def test_what_cannot_be_imported_is_told_in_a_sentence(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text(FILE)

    assert yinuo(path, "--map", "姓名").returncode == 2
    for words in ((path, "--map", "phone=没有"), (tmp_path / "absent.csv",), (path, "--map", "name=")):
        said = yinuo(*words)
        assert said.returncode == 1
        assert said.stderr.startswith("Yinuo: ")
        assert "Traceback" not in said.stderr
    assert not ImportRun.objects.exists()
