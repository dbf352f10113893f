"""Builds raw mails for tests, byte by byte, so that nothing is mended on the way."""

from yinuo.intake.mail.reading import ParsedMail, parse_mail

FROM = "Wang <wang@example.com>"


def letter(*headers: str, body: str | bytes = "您好", sender: str = FROM, charset: str = "utf-8") -> bytes:
    """Return a raw mail with a From, the header lines given (text is written as UTF-8) and a body."""
    lines = [f"From: {sender}", *headers]
    if isinstance(body, str):
        lines.append(f"Content-Type: text/plain; charset={charset}")
        body = body.encode(charset)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def read(*headers: str, body: str | bytes = "您好", sender: str = FROM, charset: str = "utf-8") -> ParsedMail:
    """Return the parsed mail of `letter`."""
    return parse_mail(letter(*headers, body=body, sender=sender, charset=charset))


def multipart(kind: str, *parts: str | bytes, headers: tuple[str, ...] = ()) -> bytes:
    """Return a raw multipart mail; each part is given with its own headers, a blank line and its body."""
    raw = [part.encode() if isinstance(part, str) else part for part in parts]
    head = "\r\n".join([f"From: {FROM}", *headers, f'Content-Type: multipart/{kind}; boundary="b1"']).encode()
    return head + b"\r\n\r\n" + b"".join(b"--b1\r\n" + part + b"\r\n" for part in raw) + b"--b1--\r\n"


def codes(mail: ParsedMail) -> set[str]:
    return {problem.code for problem in mail.problems}
