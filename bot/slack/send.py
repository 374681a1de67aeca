"""Messages to Slack: a page to payloads within its limits, a payload to an outcome. It never sends twice by itself."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.channel import OurFault, Outcome, Sent, Unsure
from bot.render.envelope import Envelope, Message
from bot.render.page import Page
from bot.render.render import make_page
from bot.render.split import split
from bot.slack.blocks import escape, make_blocks, make_plain
from bot.slack.errors import FAILURES, code_of, outcome_of, outcome_of_edit
from bot.slack.limits import MAX_GLANCE, MAX_TEXT, clip, fits, units
from digests.model import Alert, Amendment, Chat, Digest, LaneId, make_id

log = logging.getLogger(__name__)

# Slack looks at no link we send: a preview would fetch the outlet's page and fill the channel.
_NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}
_NOT_IN_AN_EDIT = ("thread_ts", "reply_broadcast")


class SlackChannel:
    """Slack as the sender sees it.

    Args:
        client: Made by `client.make_client`: it must not repeat requests by itself.
        lane: The lane of the client's token.
    """

    service = "slack"

    def __init__(self, client: AsyncWebClient, lane: LaneId) -> None:
        self.lane = lane
        self._client = client

    def render(self, message: Message, envelope: Envelope) -> tuple[str, ...]:
        """Return the payloads of the message's parts as JSON, one or more, each within Slack's limits.

        An answer to an earlier message goes to its thread and is shown in the channel as well: an alert that only
        stands in a thread is seen by nobody. Plain text goes without blocks, buttons and thread.
        """
        page = make_page(message, envelope)
        parts = split(page, _fits_plain if envelope.plain else _fits_blocks)
        key = _key(message, envelope)
        return tuple(
            _payload(part, envelope, {"key": key, "part": number, "parts": len(parts)})
            for number, part in enumerate(parts, start=1)
        )

    async def send(self, chat: Chat, payload: str) -> Outcome:
        """Post one rendered part and say what became of it; the receipt is the message's `ts`."""
        fields = {"channel": channel_of(chat.key)} | json.loads(payload)
        try:
            answer = await self._client.chat_postMessage(**fields)
        except FAILURES as error:
            outcome = outcome_of(error)
            _note("slack.not_sent", error, outcome)
            return outcome
        ts = answer.get("ts")
        return Sent(ts) if isinstance(ts, str) and ts else Unsure("no_ts")

    async def edit(self, chat: Chat, receipt: str, payload: str) -> Outcome:
        """Put a rendered part in the place of one sent earlier; `OurFault("no_edit")` where that cannot be."""
        fields = {key: value for key, value in json.loads(payload).items() if key not in _NOT_IN_AN_EDIT}
        # an edit without blocks would keep the old ones
        fields = {"channel": channel_of(chat.key), "ts": receipt, "blocks": []} | fields
        try:
            await self._client.chat_update(**fields)
        except FAILURES as error:
            outcome = outcome_of_edit(error)
            _note("slack.not_edited", error, outcome)
            return outcome
        return Sent(receipt)


def channel_of(key: str) -> str:
    """Return the channel of a chat's key.

    >>> channel_of("slack:T1/C2")
    'C2'
    """
    service, _, place = key.partition(":")
    team, _, channel = place.partition("/")
    if service != "slack" or not team or not channel:
        raise ValueError("a Slack chat's key reads slack:TEAM/CHANNEL")
    return channel


def _fits_blocks(page: Page) -> bool:
    return fits(make_blocks(page))


def _fits_plain(page: Page) -> bool:
    return units(make_plain(page)) <= MAX_TEXT


def _payload(page: Page, envelope: Envelope, mark: Mapping[str, object]) -> str:
    fields: dict[str, Any] = dict(_NO_PREVIEWS)
    if envelope.plain:
        fields |= {"text": make_plain(page), "mrkdwn": False}
    else:
        fields |= {
            "text": escape(clip(page.glance, MAX_GLANCE)),
            "blocks": make_blocks(page),
            "metadata": {"event_type": "haberdar_delivery", "event_payload": dict(mark)},
        }
        if envelope.reply_to:
            fields |= {"thread_ts": envelope.reply_to, "reply_broadcast": mark["part"] == 1}
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)


def _key(message: Message, envelope: Envelope) -> str:
    """Return what names this message in Slack's own records: the same for each try of it, and none of its words."""
    chat = envelope.chat.id
    match message:
        case Alert() | Digest():
            return make_id(chat, message.slot)
        case Amendment():
            return make_id(chat, "amends", message.of, message.at.isoformat())
        case _:
            return make_id(chat, "words", repr(message))


def _note(event: str, error: Exception, outcome: Outcome) -> None:
    level = logging.ERROR if isinstance(outcome, OurFault) else logging.WARNING
    log.log(level, event, extra={"outcome": type(outcome).__name__, "code": code_of(error)})
