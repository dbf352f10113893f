"""Personal values at rest: readable with the keys, useless without, found by blind index, moved to a new key."""

from pathlib import Path

import pytest
from django.db import connection

from yinuo.access import encryption
from yinuo.access.encryption import (
    PersonalKeyMissing,
    add_key,
    blind_index,
    decrypt,
    encrypt,
    key_number_of,
    newest_key_number,
)
from yinuo.access.rotation import encrypt_anew
from yinuo.cases.tests.cast import BEGINNING
from yinuo.customers.models import Customer
from yinuo.foundation.home import home


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of keys of its own."""
    monkeypatch.setenv("YINUO_HOME", str(tmp_path))
    return home().keys


@pytest.mark.usefixtures("keys")
class TestValues:
    @pytest.mark.parametrize("text", ["", "上海市浦东新区世纪大道 1 号", "😀" * 500, "a\x00b"])
    def test_a_value_comes_back_as_it_was(self, text: str) -> None:
        assert decrypt(encrypt(text)) == text

    def test_the_same_value_looks_different_each_time_and_never_like_itself(self) -> None:
        first, second = encrypt("13800006721"), encrypt("13800006721")

        assert first != second
        assert b"13800006721" not in first

    @pytest.mark.parametrize("place", [0, 1, 2, 13, 14, -1])
    def test_altered_bytes_are_refused_in_a_sentence(self, place: int) -> None:
        stored = bytearray(encrypt("13800006721"))
        stored[place] ^= 1

        with pytest.raises(PersonalKeyMissing) as refused:
            decrypt(bytes(stored))

        assert "恢复" in refused.value.sentence() or "keys folder" in refused.value.sentence()

    def test_another_installations_keys_do_not_read_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        stored = encrypt("13800006721")
        monkeypatch.setenv("YINUO_HOME", str(tmp_path / "other"))
        newest_key_number()

        with pytest.raises(PersonalKeyMissing):
            decrypt(stored)

    def test_a_value_under_an_older_key_still_reads(self) -> None:
        stored = encrypt("13800006721")

        assert add_key() == 2

        assert decrypt(stored) == "13800006721"
        assert (key_number_of(stored), key_number_of(encrypt("x"))) == (1, 2)

    def test_keys_are_for_their_owner_only(self, keys: Path) -> None:
        newest_key_number()

        assert {path.stat().st_mode & 0o777 for path in keys.iterdir()} == {0o600}


@pytest.mark.usefixtures("keys")
class TestBlindIndex:
    def test_the_same_value_is_found_and_no_other(self) -> None:
        assert blind_index("phone", "+8613800006721") == blind_index("phone", "+8613800006721")
        assert blind_index("phone", "+8613800006721") != blind_index("phone", "+8613800006722")
        assert blind_index("phone", "+8613800006721") != blind_index("account", "+8613800006721")
        assert len(blind_index("phone", "+8613800006721")) == 16

    def test_kind_and_value_do_not_run_into_each_other(self) -> None:
        assert blind_index("ab", "c") != blind_index("a", "bc")

    def test_it_does_not_change_when_a_key_is_added(self) -> None:
        before = blind_index("mail", "wang@qq.example")

        add_key()

        assert blind_index("mail", "wang@qq.example") == before


@pytest.mark.usefixtures("db", "people")
class TestRotation:
    @pytest.fixture
    def people(self, keys: Path) -> list[int]:
        assert not list(keys.glob("personal-*"))
        rows = [
            Customer.objects.create(name="王丽", address=f"地址 {number}", created_at=BEGINNING) for number in range(7)
        ]
        return [row.pk for row in rows]

    def numbers(self) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT address FROM customers_customer WHERE address IS NOT NULL ORDER BY id")
            return [key_number_of(bytes(row[0])) for row in cursor.fetchall()]

    def test_every_value_moves_to_the_new_key_and_stays_readable(self) -> None:
        add_key()

        counts = dict(encrypt_anew())

        assert counts["customers_customer.address"] == 7
        assert self.numbers() == [2] * 7
        assert list(Customer.objects.order_by("pk").values_list("address", flat=True)) == [
            f"地址 {number}" for number in range(7)
        ]

    def test_the_old_key_is_needed_no_more(self, people: list[int], keys: Path) -> None:
        add_key()
        dict(encrypt_anew())
        (keys / "personal-1").unlink()
        encryption._cipher.cache_clear()

        assert Customer.objects.get(pk=people[3]).address == "地址 3"

    def test_it_goes_on_where_it_stopped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("yinuo.access.rotation._BATCH", 3)
        add_key()
        seen = []

        def stop_after_five(text: str) -> bytes:
            seen.append(text)
            if len(seen) > 5:
                raise KeyboardInterrupt
            return encrypt(text)

        monkeypatch.setattr("yinuo.access.rotation.encrypt", stop_after_five)
        with pytest.raises(KeyboardInterrupt):
            dict(encrypt_anew())
        assert sorted(self.numbers()) == [1, 1, 1, 1, 2, 2, 2]

        monkeypatch.setattr("yinuo.access.rotation.encrypt", encrypt)
        assert dict(encrypt_anew())["customers_customer.address"] == 4
        assert self.numbers() == [2] * 7

    def test_a_second_time_nothing_is_left_to_do(self) -> None:
        add_key()
        dict(encrypt_anew())

        assert set(dict(encrypt_anew()).values()) == {0}

    def test_every_encrypted_column_is_part_of_it(self) -> None:
        assert {
            "cases_participant.address",
            "customers_customer.address",
            "customers_identity.value",
            "mail_mailbox.in_password",
            "mail_mailbox.out_password",
            "mail_outgoingmail.recipients",
            "mail_storedmail.sender",
        } <= set(dict(encrypt_anew()))
