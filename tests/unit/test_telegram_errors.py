"""What Telegram's errors mean: the column "Telegram" of the table of outcomes, row by row."""

from datetime import timedelta

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.delivery.channel import Down, Moved, OurFault, Outcome, Refused, TryLater, Unsure
from bot.telegram.errors import FloodWait, NoAnswer, is_unchanged, outcome_of

_SAID = [
    ("blocked", Forbidden("Forbidden: bot was blocked by the user"), Refused("blocked")),
    ("deactivated", Forbidden("Forbidden: user is deactivated"), Refused("deactivated")),
    ("kicked-group", Forbidden("Forbidden: bot was kicked from the group chat"), Refused("kicked")),
    ("kicked-supergroup", Forbidden("Forbidden: bot was kicked from the supergroup chat"), Refused("kicked")),
    ("not-member", Forbidden("Forbidden: bot is not a member of the channel chat"), Refused("not_member")),
    ("group-deleted", Forbidden("Forbidden: the group chat was deleted"), Refused("chat_gone")),
    ("stranger", Forbidden("Forbidden: bot can't initiate conversation with a user"), Refused("never_started")),
    ("unknown-403", Forbidden("Forbidden: something new"), Refused("forbidden")),
    ("chat-not-found", BadRequest("Bad Request: chat not found"), Refused("chat_not_found")),
    ("peer", BadRequest("Bad Request: PEER_ID_INVALID"), Refused("chat_not_found")),
    ("capitals", BadRequest("Bad Request: CHAT NOT FOUND"), Refused("chat_not_found")),
    ("topic-gone", BadRequest("Bad Request: message thread not found"), Refused("topic_gone")),
    ("topic-closed", BadRequest("Bad Request: TOPIC_CLOSED"), Refused("topic_gone")),
    ("topic-deleted", BadRequest("Bad Request: TOPIC_DELETED"), Refused("topic_gone")),
    ("rights", BadRequest("Bad Request: not enough rights to send text messages to the chat"), Refused("no_rights")),
    ("forbidden-as-400", BadRequest("Bad Request: CHAT_WRITE_FORBIDDEN"), Refused("no_rights")),
    ("blocked-as-400", BadRequest("Bad Request: USER_IS_BLOCKED"), Refused("blocked")),
    ("deactivated-as-400", BadRequest("Bad Request: INPUT_USER_DEACTIVATED"), Refused("deactivated")),
    ("group-deactivated", BadRequest("Bad Request: group is deactivated"), Refused("chat_gone")),
    ("user-not-found", BadRequest("Bad Request: user not found"), Refused("chat_not_found")),
    ("guests-silent", BadRequest("Bad Request: CHAT_GUEST_SEND_FORBIDDEN"), Refused("no_rights")),
    ("banned", BadRequest("Bad Request: USER_BANNED_IN_CHANNEL"), Refused("no_rights")),
    ("paid", BadRequest("Bad Request: ALLOW_PAYMENT_REQUIRED_10"), Refused("no_rights")),
    ("too-long-in-capitals", BadRequest("Bad Request: MESSAGE_TOO_LONG"), OurFault("too_long")),
    ("markup", BadRequest("Bad Request: can't parse entities: Unsupported start tag"), OurFault("markup")),
    ("too-long", BadRequest("Bad Request: message is too long"), OurFault("too_long")),
    ("empty", BadRequest("Bad Request: message text is empty"), OurFault("empty")),
    ("button", BadRequest("Bad Request: BUTTON_DATA_INVALID"), OurFault("buttons")),
    ("edit-gone", BadRequest("Bad Request: message to edit not found"), OurFault("no_edit")),
    ("edit-late", BadRequest("Bad Request: message can't be edited"), OurFault("no_edit")),
    ("unknown-400", BadRequest("Bad Request: something new"), OurFault("bad_request")),
    ("too-large", NetworkError("Request Entity Too Large"), OurFault("too_long")),
    ("flood", FloodWait(timedelta(seconds=43_838)), TryLater(timedelta(seconds=43_838))),
    ("migrated", ChatMigrated(-100123), Moved("telegram:-100123")),
    ("token", InvalidToken("Unauthorized"), Down("token")),
    ("server", NetworkError("Internal Server Error"), TryLater(None)),
    ("429-without-wait", NetworkError("Too Many Requests"), TryLater(None)),
    ("500-no-json", NoAnswer(500), Unsure("no_answer")),
    ("502-no-json", NoAnswer(502), Unsure("no_answer")),
    ("200-no-json", NoAnswer(200), Unsure("no_answer")),
    ("404-no-json", NoAnswer(404), TryLater(None)),
    ("403-no-json", NoAnswer(403), TryLater(None)),
    ("conflict", Conflict("Conflict: terminated by other getUpdates request"), TryLater(None)),
    ("unknown", TelegramError("something new"), Unsure("no_answer")),
]

_CAUSED = [
    ("refused", NetworkError("x"), httpx.ConnectError("x"), TryLater(None)),
    ("connect-timeout", TimedOut(), httpx.ConnectTimeout("x"), TryLater(None)),
    ("pool", TimedOut(), httpx.PoolTimeout("x"), TryLater(None)),
    ("proxy", NetworkError("x"), httpx.ProxyError("x"), TryLater(None)),
    ("read-timeout", TimedOut(), httpx.ReadTimeout("x"), Unsure("timeout")),
    ("write-timeout", TimedOut(), httpx.WriteTimeout("x"), Unsure("timeout")),
    ("dropped", NetworkError("x"), httpx.RemoteProtocolError("x"), Unsure("line")),
    ("reset", NetworkError("x"), httpx.ReadError("x"), Unsure("line")),
    ("write-error", NetworkError("x"), httpx.WriteError("x"), Unsure("line")),
    ("no-json-by-ptb", NetworkError("x"), TelegramError("Invalid server response"), Unsure("line")),
]


@pytest.mark.parametrize(("error", "outcome"), [pytest.param(*row, id=name) for name, *row in _SAID])
def test_what_the_server_says_becomes_its_outcome(error: TelegramError, outcome: Outcome) -> None:
    assert outcome_of(error) == outcome


@pytest.mark.parametrize(("error", "cause", "outcome"), [pytest.param(*row, id=name) for name, *row in _CAUSED])
def test_a_broken_line_is_doubtful_only_when_the_request_may_have_left(
    error: TelegramError, cause: Exception, outcome: Outcome
) -> None:
    error.__cause__ = cause

    assert outcome_of(error) == outcome


@pytest.mark.parametrize("setting", ["0", "1"])
@pytest.mark.filterwarnings("ignore:.*retry_after")
def test_the_wait_of_ptbs_own_error_is_read_without_a_warning(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", setting)

    assert outcome_of(RetryAfter(17)) == TryLater(timedelta(seconds=17))


def test_only_an_edit_that_changes_nothing_counts_as_unchanged() -> None:
    assert is_unchanged(BadRequest("Bad Request: message is not modified: specified new message content ..."))
    assert not is_unchanged(BadRequest("Bad Request: message to edit not found"))
    assert not is_unchanged(Forbidden("Forbidden: bot was blocked by the user"))


@pytest.mark.parametrize("kind", [BadRequest, Forbidden, InvalidToken, NetworkError, TelegramError])
def test_no_outcome_repeats_the_text_of_the_service(kind: type[TelegramError]) -> None:
    assert "Bozdaliev" not in str(outcome_of(kind("Bad Request: Bozdaliev")))
