"""An optional language model at an address that speaks OpenAI's protocol. Nothing in Yinuo needs it.

It sees masked text only: personal data is taken out here, whoever calls. It has a time limit, and whatever goes wrong
becomes one refusal, so that a caller goes on without it. `YINUO_CHAT_URL` names it, such as
http://127.0.0.1:11434/v1; without it there is none.
"""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Collection
from dataclasses import dataclass
from http.client import HTTPException

from yinuo.language.normalising import clean
from yinuo.language.personal import masked
from yinuo.language.refusals import NoAnswer

_LONGEST_ANSWER_BYTES = 1_000_000


@dataclass(frozen=True)
class ChatModel:
    """Where a language model listens. seconds: how long it may be silent. key: sent as bearer when there is one."""

    url: str
    model: str
    key: str = ""
    seconds: float = 20.0

    def ask(
        self,
        *,
        instruction: str,
        text: str,
        hidden: Collection[str] = (),
        longest: int = 6_000,
        answer_tokens: int = 500,
    ) -> str:
        """Return what the model answers to the text under our instruction.

        text: a customer's or colleague's; it is masked, cut to `longest` characters and sent as the user's words, so
        orders in it are none of ours. hidden: further words to mask, such as the names that the case knows.
        Refuses with NoAnswer. The answer is as little to be trusted as any stranger's text.
        """
        body = {
            "model": self.model,
            "temperature": 0,
            "max_tokens": answer_tokens,
            "messages": [
                {"role": "system", "content": instruction},
                {"role": "user", "content": _hidden(masked(clean(text, longest=longest)), hidden)},
            ],
        }
        answered = self._sent("/chat/completions", body)
        try:
            return clean(str(answered["choices"][0]["message"]["content"]))  # type: ignore[index]
        except (KeyError, IndexError, TypeError) as fault:
            raise NoAnswer(why="its answer has another form") from fault

    def _sent(self, path: str, body: dict[str, object]) -> object:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        address = self.url.rstrip("/") + path
        if not address.startswith(("http://", "https://")):
            raise NoAnswer(why="its address is not a web address")
        request = urllib.request.Request(address, json.dumps(body).encode(), headers)  # noqa: S310 - checked above
        try:
            with _opener.open(request, timeout=self.seconds) as response:
                return json.loads(response.read(_LONGEST_ANSWER_BYTES))
        except urllib.error.HTTPError as fault:
            fault.close()
            raise NoAnswer(why=f"status {fault.code}") from fault
        except TimeoutError as fault:
            raise NoAnswer(why="too slow") from fault
        except (OSError, HTTPException) as fault:
            raise NoAnswer(why="not reached") from fault
        except ValueError as fault:
            raise NoAnswer(why="its answer is no JSON") from fault


def chat_model() -> ChatModel | None:
    """Return the configured language model, or None. Settings: YINUO_CHAT_URL, _MODEL, _KEY, _SECONDS."""
    url = os.environ.get("YINUO_CHAT_URL", "").strip()
    if not url:
        return None
    return ChatModel(
        url=url,
        model=os.environ.get("YINUO_CHAT_MODEL", "default"),
        key=os.environ.get("YINUO_CHAT_KEY", ""),
        seconds=float(os.environ.get("YINUO_CHAT_SECONDS") or 20),
    )


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry text and key to an address nobody configured."""

    def redirect_request(self, *_arguments: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def _hidden(text: str, words: Collection[str]) -> str:
    for word in sorted((one.strip() for one in words if one.strip()), key=len, reverse=True):
        text = text.replace(word, "[name]")
    return text
