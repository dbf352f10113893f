"""Files inside `winmail.dat` come out, whatever Outlook or an attacker put there."""

import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yinuo.foundation.tests.data import data_folder
from yinuo.intake.mail.reading import parse_mail
from yinuo.intake.mail.reading.problems import ProblemList
from yinuo.intake.mail.reading.tests.letters import codes, letter
from yinuo.intake.mail.reading.tnef import SIGNATURE, uncompress_rtf, unpack_tnef


def _attribute(name: int, value: bytes, level: int = 2) -> bytes:
    return struct.pack("<BHHI", level, name, 6, len(value)) + value + b"\0\0"


def _stream(*attributes: bytes) -> bytes:
    return SIGNATURE + b"\x01\x00" + b"".join(attributes)


def test_files_with_chinese_names_come_out_of_a_winmail_dat():
    raw = _stream(
        _attribute(0x9007, struct.pack("<II", 936, 0), level=1),
        _attribute(0x9002, b"\0" * 14),
        _attribute(0x8010, "发票.pdf\0".encode("gbk")),
        _attribute(0x800F, b"%PDF-1.4"),
    )
    mail = parse_mail(letter("Content-Type: application/ms-tnef; name=winmail.dat", body=raw))

    assert [(file.filename, file.sniffed_type, file.content) for file in mail.attachments] == [
        ("发票.pdf", "application/pdf", b"%PDF-1.4")
    ]
    assert "tnef_unpacked" in codes(mail)


def test_a_stream_cut_off_keeps_what_came():
    raw = _stream(_attribute(0x9002, b""), _attribute(0x8010, b"a.txt\0"), _attribute(0x800F, b"0123456789"))[:-6]

    assert unpack_tnef(raw, ProblemList()).files[0].content == b"012345"


def test_what_is_no_tnef_stays_a_file():
    mail = parse_mail(letter("Content-Type: application/ms-tnef; name=winmail.dat", body=b"not tnef"))

    assert [(file.filename, file.content) for file in mail.attachments] == [("winmail.dat", b"not tnef")]


def test_a_forged_property_count_ends_at_once():
    started = time.perf_counter()
    unpack_tnef(
        _stream(_attribute(0x9003, struct.pack("<I", 0xFFFFFFFF) + b"\x01\x00\x01\x00" * 1000, level=1)), ProblemList()
    )

    assert time.perf_counter() - started < 1


def test_compressed_rtf_is_unpacked():
    # The example of MS-OXRTFCP, 3.1.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )

    assert uncompress_rtf(packed, ProblemList()) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


@pytest.mark.parametrize(
    "name",
    [
        "one-file",
        "two-files",
        "umlaut",
        "long-filename",
        "missing-filenames",
        "multi-value-attribute",
        "unicode-mapi-attr",
        "garbage-at-end",
    ],
)
def test_the_same_files_come_out_as_from_the_reference_library(name):
    from tnefparse import TNEF

    raw = (data_folder("emails") / "dev" / "tnef" / "koodaamo__tnefparse" / f"{name}.tnef").read_bytes()
    expected = [bytes(attachment.data) for attachment in TNEF(raw).attachments if attachment.data]

    assert [file.content for file in unpack_tnef(raw, ProblemList()).files if file.content] == expected
    assert all(file.name for file in unpack_tnef(raw, ProblemList()).files)


@settings(deadline=None)
@given(st.binary(max_size=600), st.sampled_from([0x9003, 0x9005, 0x8010, 0x800F, 0x9007, 0x800C]))
def test_no_stream_ever_raises(value, name):
    unpack_tnef(_stream(_attribute(name, value), value), ProblemList())
    uncompress_rtf(b"\0" * 8 + b"LZFu" + value, ProblemList())
