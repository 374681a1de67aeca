"""The Slack web client as we need it: it asks once, knows a dead line early, and logs no texts."""

import logging

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

SLACK_API = "https://slack.com/api/"

# A connection that does not come about within this was certainly not used, so the message waits and is not in doubt;
# without it an outage that swallows packets would end as a timeout, and every message as a possible repeat.
_CONNECT_SECONDS = 10
# After the request each timeout is a doubt: rather wait long.
_TOTAL_SECONDS = 30


class _Discreet(logging.Filter):
    """Leaves of a library's log line only that there was one: they hold texts, names, and addresses with tickets."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[0] if record.exc_info else None
        record.msg, record.args = "slack.library", ()
        record.exc_info = record.exc_text = None
        record.__dict__["where"] = f"{record.module}.{record.funcName}"
        record.__dict__["error"] = error.__name__ if error else None
        return True


def library_log() -> logging.Logger:
    """Return the logger handed to the Slack libraries: warnings and errors, without their texts.

    Its level is set on the logger itself, because the libraries read a level that is not set as "debug".
    """
    logger = logging.getLogger("bot.slack.library")
    logger.setLevel(logging.WARNING)
    if not any(isinstance(known, _Discreet) for known in logger.filters):
        logger.addFilter(_Discreet())
    return logger


def make_client(token: str, api_base_url: str = SLACK_API, *, proxy: str | None = None) -> AsyncWebClient:
    """Return a client that never repeats a request by itself; to be called in the running loop, see `close_client`.

    Each call opens its own connection: a kept one that the server closes while idle looks like a line that dropped
    after the request, and the message would go out again as a possible repeat.
    """
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True),
        timeout=aiohttp.ClientTimeout(total=_TOTAL_SECONDS, sock_connect=_CONNECT_SECONDS),
    )
    client = AsyncWebClient(
        token=token, base_url=api_base_url, session=session, logger=library_log(), retry_handlers=[]
    )
    client.proxy = proxy  # the library would read the environment, even for an address on this computer
    return client


async def close_client(client: AsyncWebClient) -> None:
    """Close what `make_client` opened."""
    if client.session is not None:
        await client.session.close()
