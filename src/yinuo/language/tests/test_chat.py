"""The optional language model: sees masked text only, has a time limit, and its faults are one refusal."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from yinuo.language.chat import ChatModel, chat_model
from yinuo.language.refusals import NoAnswer


class _Fake(BaseHTTPRequestHandler):
    """A language model on the loopback that answers what a test told it to."""

    def do_POST(self) -> None:
        self.server.heard.append(
            (self.path, dict(self.headers), json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        )
        status, body, wait = self.server.answer
        time.sleep(wait)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has gone
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    def log_message(self, *_words) -> None:
        pass


@pytest.fixture
def fake():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Fake)
    server.heard, server.answer = [], (200, {"choices": [{"message": {"content": "退款已受理\u200b"}}]}, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def model(fake, **given) -> ChatModel:
    return ChatModel(f"http://127.0.0.1:{fake.server_address[1]}/v1/", "small", key="secret", seconds=1.0, **given)


def test_it_answers_what_the_model_said(fake):
    assert model(fake).ask(instruction="Sum up.", text="请退款") == "退款已受理"

    path, headers, body = fake.heard[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"
    assert body["model"] == "small"


def test_it_sees_no_personal_data_and_no_name_of_the_case(fake):
    model(fake).ask(instruction="Sum up.", text="我是王小明，电话13800138000，邮箱wang@example.com", hidden=["王小明"])

    assert fake.heard[0][2]["messages"] == [
        {"role": "system", "content": "Sum up."},
        {"role": "user", "content": "我是[name]，电话[mobile]，邮箱[mail]"},
    ]


@pytest.mark.parametrize(("answer", "why"), [
    ((500, {}, 0), "status 500"),
    ((302, {}, 0), "status 302"),
    ((200, b"<html>", 0), "no JSON"),
    ((200, {"choices": []}, 0), "another form"),
    ((200, ["x"], 0), "another form"),
    ((200, {}, 1.5), "too slow"),
])  # fmt: skip
def test_whatever_goes_wrong_is_one_refusal(fake, answer, why):
    fake.answer = answer

    with pytest.raises(NoAnswer) as refusal:
        model(fake).ask(instruction="Sum up.", text="请退款")

    assert why in refusal.value.sentence()


def test_nobody_at_the_address_is_a_refusal():
    with pytest.raises(NoAnswer):
        ChatModel("http://127.0.0.1:9", "small").ask(instruction="", text="x")
    with pytest.raises(NoAnswer):
        ChatModel("file:///etc/passwd", "small").ask(instruction="", text="x")


def test_without_an_address_there_is_none(monkeypatch):
    monkeypatch.delenv("YINUO_CHAT_URL", raising=False)
    assert chat_model() is None

    monkeypatch.setenv("YINUO_CHAT_URL", "http://127.0.0.1:11434/v1")
    monkeypatch.setenv("YINUO_CHAT_MODEL", "qwen")
    monkeypatch.setenv("YINUO_CHAT_SECONDS", "5")
    assert chat_model() == ChatModel("http://127.0.0.1:11434/v1", "qwen", seconds=5.0)
