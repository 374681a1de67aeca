"""The line to Telegram: python-telegram-bot's client without its own retries, its warnings and its talk of tokens."""

import asyncio
import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from telegram import Bot
from telegram.error import InvalidToken
from telegram.request import HTTPXRequest

from bot.telegram.errors import FloodWait, NoAnswer
from bot.telegram.refusal import read_refusal

READ_SECONDS = 30.0  # each read timeout becomes a possible repeat, so it is long
_POLL_SLACK_SECONDS = 10.0  # a poll that ends without an answer loses nothing, so a dead line may be noticed soon
_CONNECT_SECONDS = 10.0
_POOL_SECONDS = 5.0
_CONNECTIONS = 32


class TelegramBot(Bot):
    """PTB's bot that never shows its token, hands out raw updates, and can be closed before it was checked."""

    async def raw_updates(self, offset: int | None, wait: timedelta, kinds: Sequence[str]) -> list[dict[str, Any]]:
        """Return the updates from `offset` on as parsed JSON, oldest first; waits for one up to `wait`.

        PTB's own `get_updates` raises for a whole batch when one update in it has a shape that it does not know.
        """
        seconds = int(wait.total_seconds())
        asked = {"offset": offset, "timeout": seconds, "allowed_updates": list(kinds)}
        answer = await self._post("getUpdates", asked, read_timeout=seconds + _POLL_SLACK_SECONDS)
        return list(answer)

    def __repr__(self) -> str:  # PTB's shows the token
        return "TelegramBot"

    async def initialize(self) -> None:
        """Check the token; the error for a refused one does not show it, as PTB's does."""
        try:
            await super().initialize()
        except InvalidToken:
            raise InvalidToken from None

    async def shutdown(self) -> None:
        """Close every connection."""
        await asyncio.gather(*(line.shutdown() for line in self._request))
        await super().shutdown()


def make_bot(
    token: str, api_base_url: str, proxy: str | None = None, *, read_seconds: float = READ_SECONDS
) -> TelegramBot:
    """Return a bot that has not spoken yet; `shutdown` closes it.

    Also turns the loggers down that would write addresses (the token is in them) or texts.
    """
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.INFO)  # its debug lines show addresses and texts
    return TelegramBot(
        token,
        base_url=api_base_url,
        request=_line(_CONNECTIONS, proxy, read_seconds),
        get_updates_request=_line(1, proxy, read_seconds),
    )


class _Line(HTTPXRequest):
    """Sees each answer before PTB does: a wait becomes `FloodWait`, what is no JSON `NoAnswer`, and a no is one.

    PTB would raise a deprecation warning for the first, log the whole body of the second, stumble over numbers that are
    written as texts, and take whatever comes with status 200 for a yes.
    """

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*args, **kwargs)
        answer = _json_object(payload)
        if answer is None:
            raise NoAnswer(code)
        if answer.get("ok") is not False:
            return code, payload
        refusal = read_refusal(answer)
        code = code if code >= HTTPStatus.BAD_REQUEST else refusal.error_code or HTTPStatus.BAD_REQUEST
        if refusal.wait is not None or code == HTTPStatus.TOO_MANY_REQUESTS:
            raise FloodWait(refusal.wait)
        return code, refusal.as_ptb_reads_it()


def _line(connections: int, proxy: str | None, read_seconds: float) -> HTTPXRequest:
    return _Line(
        connection_pool_size=connections,
        read_timeout=read_seconds,
        write_timeout=READ_SECONDS,
        connect_timeout=_CONNECT_SECONDS,
        pool_timeout=_POOL_SECONDS,
        proxy=proxy,
        httpx_kwargs={"trust_env": False},  # settings come from one place: HABERDAR_PROXY_TELEGRAM
    )


def _json_object(payload: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(payload.decode("utf-8", "replace"))
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
