"""Every mail of the collected data set is read without crash or loss; the figures are printed with `-s`."""

# ruff: noqa: T201 - the figures are for whoever runs `pytest -s`

import email
import email.message
import email.policy
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from yinuo.foundation.tests.data import data_folder
from yinuo.intake.mail.reading import (
    AutomaticKind,
    classify_automatic,
    parse_mail,
    split_html_reply,
    split_mail,
    split_reply,
)
from yinuo.intake.mail.reading.bodies import read_bodies
from yinuo.intake.mail.reading.parts import parse_parts
from yinuo.intake.mail.reading.problems import ProblemList

# Reports that are no bounces although they lie among them: automatic answers, a success report, spam complaints.
NO_BOUNCES = ("rfc3834-", "rfc3464-28", "arf-")


def mails() -> list[Path]:
    folder = data_folder("emails") / "dev"
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in {".json", ".tnef", ".html", ".csv"} and path.name != "COPYING"
    )


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_every_mail_is_read_classified_and_split():
    read_count = 0
    for path in mails():
        mail = parse_mail(path.read_bytes())
        split = split_mail(mail.text, mail.html, has_plain_text=mail.has_plain_text)

        assert "\0" not in mail.subject + mail.text, path.name
        assert len(mail.subject) <= 998, path.name
        assert split.visible or not split.whole.strip(), path.name
        assert classify_automatic(mail).kind in AutomaticKind, path.name
        read_count += 1
    print(f"{read_count} mails read")

    assert read_count > 800


def test_every_byte_of_every_mail_belongs_to_a_header_a_leaf_or_the_space_between_parts():
    for path in mails():
        raw = path.read_bytes()
        root = parse_parts(raw, ProblemList())
        spans = sorted((leaf.body_start, leaf.end) for leaf in root.leaves())

        assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans)), path.name
        assert all(0 <= start <= end <= len(raw) for start, end in spans), path.name


def test_every_leaf_ends_up_in_a_text_a_file_or_a_calendar():
    for path in mails():
        raw = path.read_bytes()
        root = parse_parts(raw, ProblemList())
        bodies = read_bodies(raw, root, ProblemList())
        everything = squeezed(bodies.text) + squeezed(bodies.html or "")
        for leaf in root.leaves():
            written = raw[leaf.body_start : leaf.end]
            if (
                leaf.content_type != "text/plain"
                or not written.isascii()
                or leaf.headers.first("content-transfer-encoding")
            ):
                continue
            text = squeezed(written.decode("ascii").replace("\0", ""))
            in_file = any(text in squeezed(file.content.decode("latin-1")) for file in bodies.files)
            assert text in everything or in_file or "begin6" in text or "\x1b" in text or "+" in text, (
                path.name,
                text[:100],
            )


def _leaves(message: email.message.Message) -> list[email.message.Message]:
    """Forwarded mails stay whole, as we keep them."""
    if not message.is_multipart() or message.get_content_maintype() == "message":
        return [message]
    return [leaf for part in message.get_payload() for leaf in _leaves(part)]


def test_every_attachment_of_the_standard_library_is_ours_too():
    missing = []
    for path in mails():
        raw = path.read_bytes()
        contents = {file.content for file in parse_mail(raw).attachments}
        for part in _leaves(email.message_from_bytes(raw, policy=email.policy.compat32)):
            if (
                part.get_content_maintype() not in {"image", "audio", "video"}
                or part.get("content-transfer-encoding", "").lower() != "base64"
            ):
                continue
            content = part.get_payload(decode=True)
            if content and not any(content.rstrip(b"\r\n") in ours for ours in contents):
                missing.append((path.name, part.get_filename(), len(content)))

    assert missing == []


def test_texts_and_files_agree_with_the_expectations_of_another_parser():
    folder = data_folder("emails") / "dev" / "mime" / "stalwartlabs__mail-parser"
    checked, differing = 0, []
    for path in sorted(folder.rglob("*.eml")):
        if not path.with_suffix(".json").exists():
            continue
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        mail = parse_mail(path.read_bytes())
        ours = (
            squeezed(mail.text)
            + squeezed(mail.html or "")
            + "".join(squeezed(file.content.decode("utf-8", "replace")) for file in mail.attachments)
        )
        bodies = [expected["parts"][index]["body"] for index in {*expected["text_body"], *expected["html_body"]}]
        texts = [body.get("Text") or body.get("Html") or "" for body in bodies]
        checked += 1
        # Where the expectation itself holds U+FFFD we read more than it did.
        if any("\ufffd" not in text and squeezed(text) not in ours for text in texts):
            differing.append(path.name)
    print(f"{checked - len(differing)} of {checked} agree; differing: {differing}")

    assert checked >= 60
    assert len(differing) <= 2


def test_bounces_are_recognised_and_name_their_mail():
    folder = data_folder("emails") / "dev" / "bounce" / "sisimai__set-of-emails" / "bsd"
    paths = [path for path in sorted(folder.iterdir()) if not path.name.startswith(NO_BOUNCES)]
    verdicts = [classify_automatic(parse_mail(path.read_bytes())) for path in paths]
    found = [verdict for verdict in verdicts if verdict.bounce]
    named = sum(bool(verdict.bounce.recipients) for verdict in found)
    print(f"recall {len(found)}/{len(paths)}; with recipient {named}")

    assert len(found) >= 0.97 * len(paths)
    assert named >= 0.98 * len(found)


def test_ordinary_mails_are_hardly_ever_taken_for_bounces():
    folder = data_folder("emails") / "dev"
    paths = [path for path in mails() if not path.is_relative_to(folder / "bounce")]
    bounces = [
        path.name for path in paths if classify_automatic(parse_mail(path.read_bytes())).kind is AutomaticKind.BOUNCE
    ]

    assert len(bounces) <= 16, bounces


def test_replies_agree_with_the_expectations_of_other_splitters():
    """Fixtures whose wanted answer is known from their own tests: the same paragraph in 17 languages of mail
    programs.
    """
    folder = data_folder("emails") / "dev" / "quote" / "crisp-oss__email-reply-parser"
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))}
    answer = texts["email_15.txt"].split("\n\n")[0].strip()
    wanted = {name: text for name, text in texts.items() if answer in text}
    agreeing = [name for name, text in wanted.items() if split_reply(text).visible == answer]
    assert answer.startswith("Fusce bibendum")
    assert len(wanted) == 29
    print(f"{len(agreeing)} of {len(wanted)} agree; differing: {sorted(set(wanted) - set(agreeing))}")

    assert len(agreeing) >= 27


@pytest.mark.parametrize(
    "name", ["gmail", "mail_ru", "ms_outlook_2003", "ms_outlook_2007", "ms_outlook_2010", "thunderbird", "windows_mail"]
)
def test_html_replies_of_seven_mail_programs(name):
    path = data_folder("emails") / "dev" / "quote" / "mailgun__talon" / "html_replies" / f"{name}.html"
    visible = split_html_reply(path.read_bytes().decode("utf-8", "replace")).visible

    assert squeezed(visible) == "Hi.Iamfine.Thanks,Alex"
