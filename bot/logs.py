"""The one place that formats the log: events with fields, for people or for machines, on standard error.

No name, text or title of a chat belongs in a field; modules log ids and keys only.
"""

import logging
import sys
import traceback
from typing import Literal

import structlog
from structlog.typing import ExcInfo, Processor

# Libraries that write addresses (with a token in them) or texts into their lines, or much of no use.
_TALKATIVE = (
    *("httpx", "httpcore", "aiohttp.access", "apscheduler", "slack_bolt", "slack_sdk", "asyncio", "alembic"),
    "aiosqlite",
)


def start_log(form: Literal["text", "json"]) -> None:
    """Send every logger's events to standard error in the chosen form."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_trace),
    ]
    last = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _trace(exc_info: ExcInfo) -> str:
    """Return what failed and where, with its causes, but without the errors' texts: they quote what people wrote."""
    said: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        said.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\ncaused by\n".join(said)
