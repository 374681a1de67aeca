"""What a fake Telegram checks in a call before it takes it."""

import json
from typing import Any

from tests.fakes.telegram_answers import ApiError
from tests.fakes.telegram_html import Entity, MarkupError, parse_html, units
from tests.fakes.telegram_shapes import ShownButton

_TEXT_UNITS = 4096
_RAW_BYTES = 32_768
_ENTITIES_SHOWN = 100


def read_parameters(given: Any, types: dict[str, type]) -> dict[str, Any]:
    """Return the parameters by their types; refuse those the method does not have, and those of another type."""
    read: dict[str, Any] = {}
    for name, raw in given.items():
        wanted = types.get(name)
        if wanted is None:
            raise ApiError(400, f"Bad Request: the fake knows no parameter {name} here")
        try:
            value = raw if wanted is str else json.loads(raw)
        except ValueError:
            value = None
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise ApiError(400, f"Bad Request: wrong type of parameter {name}")
        read[name] = value
    return read


def read_text(given: dict[str, Any]) -> tuple[str, tuple[Entity, ...]]:
    raw = given.get("text", "")
    if len(raw.encode()) > _RAW_BYTES:
        raise ApiError(400, "Bad Request: message is too long")
    mode = given.get("parse_mode")
    if mode not in (None, "HTML"):
        raise ApiError(400, "Bad Request: unsupported parse_mode")
    try:
        text, entities = parse_html(raw) if mode else (raw, ())
    except MarkupError as error:
        raise ApiError(400, f"Bad Request: can't parse entities: {error}") from None
    if not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if units(text) > _TEXT_UNITS:
        raise ApiError(400, "Bad Request: message is too long")
    return text, entities[:_ENTITIES_SHOWN]


def read_buttons(given: dict[str, Any]) -> tuple[tuple[ShownButton, ...], ...]:
    markup = given.get("reply_markup")
    if markup is None:
        return ()
    rows = tuple(tuple(_button(each) for each in row) for row in markup["inline_keyboard"])
    if sum(len(row) for row in rows) > 100 or any(len(row) > 8 for row in rows):
        raise ApiError(400, "Bad Request: reply markup is too long")
    return rows


def _button(given: dict[str, Any]) -> ShownButton:
    text, data, url = given.get("text"), given.get("callback_data"), given.get("url")
    if not text:
        raise ApiError(400, 'Bad Request: can\'t parse inline keyboard button: Field "text" must be non-empty')
    if (data is None) == (url is None):
        raise ApiError(400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed")
    if data is not None and not 1 <= len(data.encode()) <= 64:
        raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    if url is not None and not url.startswith(("http://", "https://", "tg://")):
        raise ApiError(400, "Bad Request: BUTTON_URL_INVALID")
    return ShownButton(text, data, url)
