"""What Telegram's errors mean for a delivery: every one of them becomes an outcome, without its text."""

from datetime import timedelta
from http import HTTPStatus

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.delivery.channel import Down, Moved, OurFault, Outcome, Refused, TryLater, Unsure

# In none of these did the request leave us, so a repeat cannot double anything.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)

# What stands in the server's text (PTB changes its first letter, so compared in lower case), the first that fits.
_FORBIDDEN = (
    ("blocked by the user", "blocked"),
    ("user_is_blocked", "blocked"),
    ("user is deactivated", "deactivated"),
    ("user_deactivated", "deactivated"),
    ("kicked", "kicked"),
    ("not a member", "not_member"),
    ("was deleted", "chat_gone"),
    ("can't initiate conversation", "never_started"),
    ("rights", "no_rights"),
)
_REFUSED = (
    *_FORBIDDEN,
    ("chat not found", "chat_not_found"),
    ("peer_id_invalid", "chat_not_found"),
    ("channel_private", "kicked"),
    ("group chat was deactivated", "chat_gone"),
    ("group is deactivated", "chat_gone"),
    ("user not found", "chat_not_found"),
    ("message thread not found", "topic_gone"),
    ("topic_closed", "topic_gone"),
    ("topic_deleted", "topic_gone"),
    ("write_forbidden", "no_rights"),
    ("chat_restricted", "no_rights"),
    ("send_plain_forbidden", "no_rights"),
    ("guest_send_forbidden", "no_rights"),
    ("user_banned_in_channel", "no_rights"),
    ("payment_required", "no_rights"),
    ("chat_admin_required", "no_rights"),
)
_OUR_FAULTS = (
    ("parse entities", "markup"),
    ("message is too long", "too_long"),
    ("text is too long", "too_long"),
    ("message_too_long", "too_long"),
    ("entities_too_long", "too_long"),
    ("entity too large", "too_long"),
    ("text is empty", "empty"),
    ("text must be non-empty", "empty"),
    ("button", "buttons"),
    ("reply markup", "buttons"),
    ("message to edit not found", "no_edit"),
    ("message can't be edited", "no_edit"),
    ("message_id_invalid", "no_edit"),
)


class FloodWait(TelegramError):
    """Telegram asks us to wait, None where it does not say how long; PTB's `RetryAfter` would warn when it is read."""

    def __init__(self, wait: timedelta | None) -> None:
        super().__init__("flood wait")
        self.wait = wait


class NoAnswer(NetworkError):
    """What came back was not Telegram's JSON; a proxy or a broken server spoke. `code` is its HTTP status."""

    def __init__(self, code: int) -> None:
        super().__init__(f"no answer in JSON ({code})")
        self.code = code


def outcome_of(error: TelegramError) -> Outcome:
    """Return what became of a try that ended in `error`.

    >>> outcome_of(Forbidden("Forbidden: bot was blocked by the user"))
    Refused(why='blocked')
    """
    match error:
        case FloodWait():
            return TryLater(error.wait)
        case RetryAfter():
            # The attribute warns unless PTB_TIMEDELTA is set; its pickled form has the seconds either way.
            return TryLater(timedelta(seconds=error.__reduce__()[1][0]))
        case ChatMigrated():
            return Moved(f"telegram:{error.new_chat_id}")
        case NoAnswer():
            if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                return OurFault("too_long")
            # A 3xx or 4xx that is no JSON comes from a proxy on the way: our request went no further.
            return TryLater() if 300 <= error.code < 500 else Unsure("no_answer")
        case Conflict():  # another process asks for updates; a message is never answered so
            return TryLater()
        case InvalidToken():
            return Down("token")
        case Forbidden():
            return Refused(_first_in(error, _FORBIDDEN) or "forbidden")
        case BadRequest():  # a child of NetworkError: it must stand before it
            return _bad_request(error)
        case NetworkError():
            return _network(error)
        case _:
            return Unsure("no_answer")


def is_unchanged(error: TelegramError) -> bool:
    """Return whether an edit was refused only because the message already reads so."""
    return isinstance(error, BadRequest) and "not modified" in error.message.lower()


def _bad_request(error: BadRequest) -> Outcome:
    if "upgraded to a supergroup" in error.message.lower():
        return TryLater()  # it was not said where the group lives now; its own message will say so
    refused = _first_in(error, _REFUSED)
    return Refused(refused) if refused else OurFault(_first_in(error, _OUR_FAULTS) or "bad_request")


def _network(error: NetworkError) -> Outcome:
    """Classify by the cause: none means that the server's own JSON spoke, and that it did not take the message."""
    cause = error.__cause__
    if cause is None:
        fault = _first_in(error, _OUR_FAULTS)
        return OurFault(fault) if fault else TryLater()
    if isinstance(cause, _NOT_SENT):
        return TryLater()
    if isinstance(cause, UnicodeError):
        return OurFault("markup")  # it could not even be written down to be sent
    return Unsure("timeout" if isinstance(cause, httpx.TimeoutException) else "line")


def _first_in(error: TelegramError, table: tuple[tuple[str, str], ...]) -> str | None:
    text = error.message.lower()
    return next((key for part, key in table if part in text), None)
