"""The optional wording of digests by a model: a digest waits a little for it, then goes out verbatim.

Off unless HABERDAR_MODEL_URL is set: then sentences about watched people leave the machine for that address.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import aiohttp

from digests.model import Digest, Item
from digests.writing.reword import MOST_ANSWER_CHARS, Question, ask, reword

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=60)
"""So long a digest waits to be worded; then it goes out as its sources wrote it."""
_DEADLINE = timedelta(seconds=20)
_MOST_ITEMS = 20
_TOGETHER = 4
_MOST_BYTES = 64_000
_MOST_TOKENS = 600
_LANGUAGES = {"en": "English", "uk": "Ukrainian", "tr": "Turkish"}


class NoAnswer(Exception):
    """The model gave no answer that can be read; the text is one word for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Where a model answers.

    Attributes:
        url: The endpoint of messages: OpenAI's form, or Anthropic's where it ends in `/messages`.
        key: Sent as the service wants it; None for a local one that asks for none.
    """

    url: str
    name: str
    key: str | None = None


class Wordsmith:
    """Asks a model for shorter words. Close what was opened with `async with`."""

    def __init__(self, model: Model, *, fence: Callable[[], str]) -> None:
        """Ask `model`; `fence` returns letters that nobody can guess, new each time."""
        self._model = model
        self._fence = fence
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Wordsmith":
        timeout = aiohttp.ClientTimeout(total=_DEADLINE.total_seconds())
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False, cookie_jar=aiohttp.DummyCookieJar())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def word(self, digest: Digest, *, language: str) -> Digest:
        """Return the digest with those items reworded that the model worded well; the others stay verbatim."""
        gate = asyncio.Semaphore(_TOGETHER)
        items = [item for item in digest.items if not item.only_recalled][:_MOST_ITEMS]
        found = await asyncio.gather(*(self._word(item, language, gate) for item in items))
        worded = dict(zip(items, found, strict=True))
        return replace(digest, items=tuple(worded.get(item, item) for item in digest.items))

    async def _word(self, item: Item, language: str, gate: asyncio.Semaphore) -> Item:
        question = ask(item, language=_LANGUAGES.get(language, "English"), fence=self._fence())
        async with gate:
            try:
                answer = await self._ask(question)
            except NoAnswer as error:
                log.warning("wording.no_answer", extra={"why": str(error)})
                return item
        reworded = reword(item, answer)
        if reworded.faults:
            log.info("wording.refused", extra={"faults": list(reworded.faults)})
        return reworded.item

    async def _ask(self, question: Question) -> str:
        """Return the model's text; `NoAnswer` for anything else it sent, or did not send in time."""
        if self._session is None:
            raise NoAnswer("closed")
        headers, body = _request(self._model, question)
        try:
            # No redirection is followed: the sentences go to the address that a person named, and nowhere else.
            asking = self._session.post(self._model.url, json=body, headers=headers, allow_redirects=False)
            async with asking as response:
                if response.status != 200:
                    raise NoAnswer(f"status_{response.status}")
                return _text_of(await _read(response))
        except TimeoutError:
            raise NoAnswer("slow") from None
        except aiohttp.ClientError as error:
            raise NoAnswer(type(error).__name__) from None


def _request(model: Model, question: Question) -> tuple[Mapping[str, str], Mapping[str, Any]]:
    """Return headers and body of a question in the form of the endpoint."""
    user = {"role": "user", "content": question.material}
    shared = {"model": model.name, "max_tokens": _MOST_TOKENS, "temperature": 0}
    if model.url.rstrip("/").endswith("/messages"):
        headers = {"anthropic-version": "2023-06-01", **({"x-api-key": model.key} if model.key else {})}
        return headers, {**shared, "system": question.task, "messages": [user]}
    headers = {"Authorization": f"Bearer {model.key}"} if model.key else {}
    return headers, {**shared, "messages": [{"role": "system", "content": question.task}, user]}


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Return the body; `NoAnswer` for more than any honest answer holds."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(8_192):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise NoAnswer("long")
    return bytes(body)


def _text_of(body: bytes) -> str:
    """Return the model's words out of either form of answer."""
    try:
        answer = json.loads(body)
        text = answer["content"][0]["text"] if "content" in answer else answer["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise NoAnswer("form") from None
    if not isinstance(text, str) or len(text) > MOST_ANSWER_CHARS:
        raise NoAnswer("form")
    return text
