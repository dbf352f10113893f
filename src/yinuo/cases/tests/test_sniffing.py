"""What a file is by its bytes. The beginnings are those of real files of each kind."""

import pytest

from yinuo.cases.sniffing import decoded, kind_of


@pytest.mark.parametrize(
    ("head", "name", "content_type"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "picture", "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "picture", "image/jpeg"),
        (b"GIF89a\1\0", "picture", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "picture", "image/webp"),
        (b"%PDF-1.7\n", "pdf", "application/pdf"),
        (b"ID3\3\0", "audio", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio", "audio/mpeg"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio", "audio/wav"),
        (b"OggS\0\2", "audio", "audio/ogg"),
        (b"\0\0\0\x20ftypM4A \0\0", "audio", "audio/mp4"),
        (b"\0\0\0\x20ftypisom\0\0\2\0", "video", "video/mp4"),
        (b"\x1aE\xdf\xa3\x9fB\x86", "video", "video/webm"),
        ("序号,名称\n1,滤芯".encode(), "text", "text/plain; charset=utf-8"),
        ("序号,名称\n1,滤芯".encode("gb18030"), "text", "text/plain; charset=utf-8"),
        (b"<html><script>alert(1)</script>", "other", "application/octet-stream"),
        (b"  \n<svg onload='alert(1)'>", "other", "application/octet-stream"),
        (b"\xef\xbb\xbf<!doctype html>", "other", "application/octet-stream"),
        (b"<?xml version='1.0'?><svg/>", "other", "application/octet-stream"),
        (b"PK\3\4\x14\0", "other", "application/octet-stream"),
        (b"\0\0\0\x20ftypheic\0\0", "other", "application/octet-stream"),  # browsers show none
        (b"MZ\x90\0", "other", "application/octet-stream"),
        (b"", "other", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_bytes_say(head: bytes, name: str, content_type: str) -> None:
    assert (kind_of(head).name, kind_of(head).content_type) == (name, content_type)


def test_a_text_cut_within_a_character_is_still_a_text() -> None:
    assert kind_of(("滤芯" * 700).encode()[:4096]).name == "text"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_is_read_however_it_was_saved(encoding: str) -> None:
    assert decoded("滤芯".encode(encoding)) == "滤芯"
