"""Digests worded by a model over real HTTP: what it says more than its sources is never shown, whatever it answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from digests.model import Digest
from digests.wording import PATIENCE, Model, Wordsmith
from tests import builders as b
from tests.river import LENA, River, running_river
from tests.wordings import BAD, GOOD, ITEM, NO_FORM, answer_of

_SENTENCE = "Arslan Bozdaliev was moved to another prison in Rostov, his lawyer said on Monday."
_SHORT = "Arslan Bozdaliev was moved to another prison."


@dataclass(slots=True)
class Endpoint:
    """A model that answers as told, and keeps what it was asked."""

    url: str = ""
    body: str = ""
    status: int = 200
    wait: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)

    def says(self, text: str) -> None:
        """Answer with this text in OpenAI's form."""
        self.body = json.dumps({"choices": [{"message": {"content": text}}]})

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one question."""
        self.asked.append((dict(request.headers), await request.json()))
        await asyncio.sleep(self.wait)
        return web.Response(text=self.body, status=self.status, headers=self.headers, content_type="application/json")


@asynccontextmanager
async def endpoint(path: str = "/v1/chat/completions") -> AsyncIterator[Endpoint]:
    """Run an endpoint on loopback."""
    model = Endpoint()
    app = web.Application()
    app.router.add_post("/{path:.*}", model.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    model.url = f"http://127.0.0.1:{port}{path}"
    try:
        yield model
    finally:
        await runner.cleanup()


async def _word(model: Endpoint, digest: Digest, *, key: str | None = "k-123") -> Digest:
    async with Wordsmith(Model(url=model.url, name="small", key=key), fence=lambda: "FENCE") as wordsmith:
        return await wordsmith.word(digest, language="uk")


async def test_no_hostile_or_faulty_answer_shows_a_word_that_its_sources_do_not_carry() -> None:
    texts = [(key, answer_of([(text, cites)])) for key, text, cites, _ in BAD] + NO_FORM
    async with endpoint() as model:
        for key, text in texts:
            model.says(text)
            assert (await _word(model, b.digest(ITEM))).items == (ITEM,), key
    assert len(texts) >= 40


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param("", 500, id="a fault of the server"),
        pytest.param("{}", 200, id="an empty object"),
        pytest.param("[1]", 200, id="a list"),
        pytest.param("not json", 200, id="no JSON"),
        pytest.param('{"choices": []}', 200, id="no choice"),
        pytest.param('{"choices": [{"message": {"content": 7}}]}', 200, id="a number"),
        pytest.param('{"content": [{"text": ["x"]}]}', 200, id="a list for a text"),
        pytest.param("[" * 50_000, 200, id="nested without end"),
        pytest.param("x" * 2_000_000, 200, id="two million letters"),
        pytest.param(answer_of(GOOD[0][1]), 302, id="a redirection"),
    ],
)
async def test_an_endpoint_out_of_order_leaves_the_digest_verbatim(body: str, status: int) -> None:
    async with endpoint() as model:
        model.body, model.status, model.headers = body, status, {"Location": "http://127.0.0.1:1/"}
        assert (await _word(model, b.digest(ITEM))).items == (ITEM,)


async def test_an_endpoint_that_is_not_there_leaves_the_digest_verbatim() -> None:
    assert (await _word(Endpoint(url="http://127.0.0.1:9/v1"), b.digest(ITEM))).items == (ITEM,)


async def test_each_form_of_endpoint_is_asked_in_its_own_way() -> None:
    async with endpoint() as model, endpoint("/v1/messages") as other:
        model.says(answer_of(GOOD[0][1]))
        other.body = json.dumps({"content": [{"type": "text", "text": answer_of(GOOD[0][1])}]})
        for each in (model, other):
            worded = await _word(each, b.digest(ITEM))
            assert [sentence.text for sentence in worded.items[0].sentences] == [GOOD[0][1][0][0]]

    (headers, asked), (other_headers, other_asked) = model.asked[0], other.asked[0]
    assert headers["Authorization"] == "Bearer k-123"
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert other_headers["x-api-key"] == "k-123"
    assert "Ukrainian" in other_asked["system"]


@asynccontextmanager
async def _river(url: str, model: Endpoint) -> AsyncIterator[River]:
    wordsmith = Wordsmith(Model(url=model.url, name="small"), fence=lambda: "FENCE")
    async with wordsmith, running_river(url, wordsmith=wordsmith) as river:
        yield river


async def _has_a_digest(river: River) -> None:
    await river.opens(LENA, "Arslan Bozdaliev")
    await river.asks("alerts off")
    river.publishes(_SENTENCE)
    await river.flows()
    await river.passes(days=1)
    await river.flows()


async def test_a_digest_waits_for_its_words_and_then_leaves_at_once(sqlite_url: str) -> None:
    async with endpoint() as model, _river(sqlite_url, model) as river:
        await _has_a_digest(river)
        model.says(answer_of([(_SHORT, [1])]))

        (waiting,) = [delivery for delivery in await river.ledger() if delivery.of.value == "digest"]
        assert waiting.not_before - waiting.created_at == PATIENCE
        assert await river.engine.word() == 1
        (worded,) = [delivery for delivery in await river.ledger() if delivery.of.value == "digest"]
        assert worded.not_before == river.clock.now()
        assert await river.engine.word() == 0

        (digest,) = [message for message in await river.told() if isinstance(message, Digest)]
        (sentence,) = digest.items[0].sentences
        assert (sentence.text, sentence.verbatim) == (_SHORT, False)
        assert [each.text for each in sentence.rests_on] == [_SENTENCE]


async def test_what_was_not_worded_in_time_leaves_verbatim_and_is_not_worded_later(sqlite_url: str) -> None:
    async with endpoint() as model, _river(sqlite_url, model) as river:
        await _has_a_digest(river)
        model.status = 500
        assert await river.engine.word() == 1

        (digest,) = [message for message in await river.told() if isinstance(message, Digest)]
        assert [each.text for each in digest.items[0].sentences] == [_SENTENCE]
        assert timedelta(minutes=2) >= PATIENCE
