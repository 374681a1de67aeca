"""Messages out: a page to Telegram's markup and parts, and a part to a chat."""

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.error import TelegramError

from bot.delivery.channel import Outcome, Sent, Unsure
from bot.render.envelope import Envelope, Message
from bot.render.page import Page, Press, Run, link
from bot.render.render import make_page
from bot.render.split import split
from bot.telegram.address import address_of
from bot.telegram.errors import is_unchanged, outcome_of
from bot.telegram.limits import BUTTONS, BUTTONS_A_ROW, DATA_BYTES, is_within
from digests.model import Chat, LaneId

_TEMPLATES = Path(__file__).parent / "templates"
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# What PTB raises for an accepted request whose answer lacks what it must hold.
_STRANGE_ANSWER = (AttributeError, KeyError, TypeError, ValueError)

Payload = dict[str, Any]


class TelegramChannel:
    """Telegram as the sender sees it: `bot.delivery.channel.Channel` for one bot token.

    A payload is JSON: `text`, and where they apply `parse_mode`, `reply_markup`, `reply_to` (the number of the message
    it answers) and `protect`.
    """

    def __init__(self, bot: Bot, lane: LaneId) -> None:
        self.service = "telegram"
        self.lane = lane
        self._bot = bot
        self._html, self._plain = _load_templates()

    def render(self, message: Message, envelope: Envelope) -> tuple[str, ...]:
        """Return the payloads of the message's parts, each within Telegram's limits."""
        template = self._plain if envelope.plain else self._html

        def text_of(page: Page) -> str:
            return template.render(page=page).strip()

        def fits(page: Page) -> bool:
            return is_within(text_of(page), is_html=not envelope.plain)

        pages = split(make_page(message, envelope), fits)
        return tuple(_payload(text_of(page), page, envelope, index) for index, page in enumerate(pages))

    async def send(self, chat: Chat, payload: str) -> Outcome:
        """Send one rendered part to a chat, or to its topic, and say what became of it."""
        asked: Payload = json.loads(payload)
        address = address_of(chat.key)
        reply_to = asked.get("reply_to")
        reply = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to is not None else None
        markup = _markup(asked)
        try:
            message = await self._bot.send_message(
                address.chat_id,
                asked["text"],
                parse_mode=asked.get("parse_mode"),
                reply_markup=markup,
                reply_parameters=reply,
                message_thread_id=address.topic,
                protect_content=asked.get("protect"),
                link_preview_options=_NO_PREVIEW,
            )
            return Sent(str(message.message_id))
        except TelegramError as error:
            return outcome_of(error)
        except _STRANGE_ANSWER:
            return Unsure("no_answer")

    async def edit(self, chat: Chat, receipt: str, payload: str) -> Outcome:
        """Put a rendered part in the place of one sent earlier; one that reads so already counts as sent."""
        asked: Payload = json.loads(payload)
        markup = _markup(asked)
        try:
            await self._bot.edit_message_text(
                asked["text"],
                address_of(chat.key).chat_id,
                int(receipt),
                parse_mode=asked.get("parse_mode"),
                reply_markup=markup,
                link_preview_options=_NO_PREVIEW,
            )
        except TelegramError as error:
            return Sent(receipt) if is_unchanged(error) else outcome_of(error)
        except _STRANGE_ANSWER:
            return Unsure("no_answer")
        return Sent(receipt)


def _load_templates() -> tuple[Template, Template]:
    env = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(("html.j2",), default=False),
        undefined=StrictUndefined,
        keep_trailing_newline=False,
    )
    env.globals["link"] = link
    return env.get_template("page.html.j2"), env.get_template("page.txt.j2")


def _payload(text: str, page: Page, envelope: Envelope, index: int) -> str:
    payload: Payload = {"text": text}
    if not envelope.plain:
        payload["parse_mode"] = "HTML"
        # Buttons are left out of the plain try: they too may be what Telegram did not take.
        rows = _keyboard(page)
        if rows:
            payload["reply_markup"] = {"inline_keyboard": rows}
    if envelope.reply_to is not None and index == 0:
        payload["reply_to"] = int(envelope.reply_to)
    if envelope.chat.protect:
        payload["protect"] = True
    return json.dumps(payload, ensure_ascii=False, sort_keys=True)


def _keyboard(page: Page) -> list[list[dict[str, str]]]:
    """Return the rows of buttons that Telegram takes: eight a row, a hundred in all, data within its bytes."""
    rows: list[list[dict[str, str]]] = []
    left = BUTTONS
    for row in page.buttons:
        buttons = [button for press in row if (button := _button(press)) is not None][:left]
        left -= len(buttons)
        rows += [buttons[i : i + BUTTONS_A_ROW] for i in range(0, len(buttons), BUTTONS_A_ROW)]
    return rows


def _button(press: Press) -> dict[str, str] | None:
    if press.url is not None:
        href = link(Run(press.words, url=press.url))
        return {"text": press.words, "url": href} if href else None
    if not press.data or len(press.data.encode()) > DATA_BYTES:
        return None
    return {"text": press.words, "callback_data": press.data}


def _markup(asked: Payload) -> InlineKeyboardMarkup | None:
    rows = asked.get("reply_markup")
    return InlineKeyboardMarkup.de_json(rows, None) if rows else None
