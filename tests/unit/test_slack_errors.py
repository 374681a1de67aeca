"""Every answer of Slack and every failure of the line has one meaning."""

from datetime import timedelta
from types import SimpleNamespace

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from bot.delivery.channel import Down, OurFault, Outcome, Refused, TryLater, Unsure
from bot.slack.errors import code_of, outcome_of, outcome_of_edit

KEY = aiohttp.client_reqrep.ConnectionKey("slack.example", 443, True, True, None, None, None)


def failed(response: object) -> SlackApiError:
    return SlackApiError("no", response)  # type: ignore[no-untyped-call]  # the library's


def said(code: object, status: int = 200, headers: dict[str, str] | None = None) -> SlackApiError:
    data = {"ok": False, "error": code}
    return failed(SimpleNamespace(data=data, status_code=status, headers=headers or {}))


def no_json(status: int, headers: dict[str, str] | None = None) -> SlackApiError:
    return failed(SimpleNamespace(data={}, status_code=status, headers=headers or {}))


CODES: list[tuple[str, Outcome]] = [
    ("is_archived", Refused("archived")),
    ("channel_not_found", Refused("chat_not_found")),
    ("not_in_channel", Refused("not_member")),
    ("restricted_action", Refused("no_rights")),
    ("restricted_action_read_only_channel", Refused("no_rights")),
    ("restricted_action_thread_only_channel", Refused("no_rights")),
    ("ekm_access_denied", Refused("no_rights")),
    ("user_disabled", Refused("deactivated")),
    ("restricted_action_non_threadable_channel", OurFault("restricted_action_non_threadable_channel")),
    ("restricted_action_thread_locked", OurFault("restricted_action_thread_locked")),
    ("thread_not_found", OurFault("thread_not_found")),
    ("invalid_blocks", OurFault("invalid_blocks")),
    ("msg_too_long", OurFault("msg_too_long")),
    ("msg_blocks_too_long", OurFault("msg_blocks_too_long")),
    ("no_text", OurFault("no_text")),
    ("invalid_auth", Down("invalid_auth")),
    ("not_authed", Down("not_authed")),
    ("account_inactive", Down("account_inactive")),
    ("token_revoked", Down("token_revoked")),
    ("token_expired", Down("token_expired")),
    ("missing_scope", Down("missing_scope")),
    ("enterprise_is_restricted", Down("enterprise_is_restricted")),
    ("ratelimited", TryLater()),
    ("rate_limited", TryLater()),
    ("message_limit_exceeded", TryLater()),
    ("team_added_to_org", TryLater()),
    ("org_login_required", TryLater()),
    ("service_unavailable", TryLater()),
    ("internal_error", Unsure("internal_error")),
    ("fatal_error", Unsure("fatal_error")),
    ("a_code_of_tomorrow", OurFault("a_code_of_tomorrow")),
]


@pytest.mark.parametrize(("code", "outcome"), CODES, ids=[code for code, _ in CODES])
def test_a_code_of_slack_has_one_meaning(code: str, outcome: Outcome) -> None:
    assert outcome_of(said(code)) == outcome


ANSWERS: list[tuple[str, Exception, Outcome]] = [
    ("429 with seconds", said("ratelimited", 429, {"Retry-After": "43838"}), TryLater(timedelta(seconds=43838))),
    ("429 with parts of a second", said("ratelimited", 429, {"Retry-After": "1.5"}), TryLater(timedelta(seconds=1.5))),
    ("429 beyond counting", said("ratelimited", 429, {"Retry-After": "9" * 17}), TryLater(timedelta(days=30))),
    ("429 with nothing", said("ratelimited", 429, {"Retry-After": "0"}), TryLater()),
    ("429 below nothing", said("ratelimited", 429, {"Retry-After": "-1"}), TryLater()),
    ("429 without seconds", said("ratelimited", 429), TryLater()),
    ("429 with a date", said("ratelimited", 429, {"Retry-After": "Mon, 23 Nov 2026 10:00:00 GMT"}), TryLater()),
    ("429 of a proxy", no_json(429, {"Retry-After": "7"}), TryLater(timedelta(seconds=7))),
    ("500 with a code", said("a_code_of_tomorrow", 500), TryLater()),
    ("503 with a code", said("service_unavailable", 503), TryLater()),
    ("500 that may have done it", said("internal_error", 500), Unsure("internal_error")),
    ("500 without JSON", no_json(500), Unsure("no_json")),
    ("200 without JSON", no_json(200), Unsure("no_json")),
    ("403 of a proxy", no_json(403), TryLater()),
    ("413 of a proxy", no_json(413), OurFault("msg_too_long")),
    ("a code that is no word", said("Unexpected token <at> U1"), OurFault("unknown_error")),
    ("a code that is no text", said(["x"]), OurFault("unknown_error")),
    ("aiohttp's own response", failed(SimpleNamespace(status=502)), Unsure("no_json")),
]


@pytest.mark.parametrize(("error", "outcome"), [a[1:] for a in ANSWERS], ids=[a[0] for a in ANSWERS])
def test_an_answer_is_read_by_its_code_and_then_by_its_status(error: Exception, outcome: Outcome) -> None:
    assert outcome_of(error) == outcome


LINES: list[tuple[str, Exception, Outcome]] = [
    ("refused", aiohttp.ClientConnectorError(KEY, OSError(111, "refused")), TryLater()),
    ("no such host", aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "unknown")), TryLater()),
    ("no certificate", aiohttp.ClientConnectorCertificateError(KEY, Exception("expired")), TryLater()),
    ("slow to connect", aiohttp.ConnectionTimeoutError(), TryLater()),
    ("no proxy", aiohttp.ClientProxyConnectionError(KEY, OSError(111, "refused")), TryLater()),
    ("slow to answer", TimeoutError(), Unsure("timeout")),
    ("slow to read", aiohttp.SocketTimeoutError(), Unsure("timeout")),
    ("server hung up", aiohttp.ServerDisconnectedError(), Unsure("dropped")),
    ("reset", aiohttp.ClientOSError(104, "reset"), Unsure("dropped")),
    ("bare reset", ConnectionResetError(104, "reset"), Unsure("dropped")),
    ("half an answer", aiohttp.ClientPayloadError(), Unsure("dropped")),
    ("plain text for JSON", AttributeError("get"), Unsure("no_json")),
    ("bytes for text", UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), Unsure("no_json")),
]


@pytest.mark.parametrize(("error", "outcome"), [a[1:] for a in LINES], ids=[a[0] for a in LINES])
def test_only_a_line_that_never_stood_is_certain(error: Exception, outcome: Outcome) -> None:
    assert outcome_of(error) == outcome


@pytest.mark.parametrize(
    "code", ["message_not_found", "cant_update_message", "edit_window_closed"], ids=lambda code: str(code)
)
def test_an_edit_that_cannot_be_made_says_so(code: str) -> None:
    assert outcome_of_edit(said(code)) == OurFault("no_edit")


def test_an_edit_in_doubt_is_tried_again_because_twice_is_the_same_as_once() -> None:
    assert outcome_of_edit(TimeoutError()) == TryLater()
    assert outcome_of_edit(said("internal_error")) == TryLater()
    assert outcome_of_edit(said("is_archived")) == Refused("archived")


@given(st.text(), st.sampled_from([200, 400, 404, 429, 500, 503]))
def test_no_answer_of_slack_raises_or_brings_its_text_further(code: str, status: int) -> None:
    outcome = outcome_of(said(code, status))

    why = getattr(outcome, "why", "")
    assert why == "" or why.replace("_", "").isalnum()
    assert len(why) <= 64


def test_a_failure_is_logged_by_its_code_or_its_kind() -> None:
    assert code_of(said("is_archived")) == "is_archived"
    assert code_of(aiohttp.ServerDisconnectedError()) == "ServerDisconnectedError"
