"""What Slack answered, as an outcome: pure, one table, every row of it tested.

Slack says no with HTTP 200 and a code; the codes and their meanings are those of its reference of `chat.postMessage`
and `chat.update`. Where that reference says that a part of the work may have been done (`internal_error`,
`fatal_error`), we doubt, whatever the HTTP status. A code that stands in no list is a definite no to this message for
a reason we cannot read: it is `OurFault`, tried once as plain text, then parked and shown. It suspends no chat and
stops no lane, so a code that Slack invents tomorrow costs one message its time, and nobody a warning for good.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.delivery.channel import Down, OurFault, Outcome, Refused, TryLater, Unsure

# What else the SDK lets through besides its own errors: a line that fails, and its stumbling over a body of plain text,
# of JSON that is no object, or of bytes that are no text.
FAILURES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError, AttributeError, ValueError)

_REFUSED = {
    "is_archived": "archived",
    "channel_not_found": "chat_not_found",
    "not_in_channel": "not_member",
    "user_not_found": "deactivated",
    "user_disabled": "deactivated",
    "messages_tab_disabled": "no_rights",
    "restricted_action": "no_rights",
    "restricted_action_read_only_channel": "no_rights",
    "restricted_action_thread_only_channel": "no_rights",
    "user_is_restricted": "no_rights",
    "access_denied": "no_rights",
    "cannot_dm_bot": "no_rights",
    "ekm_access_denied": "no_rights",
    "slack_connect_blocked": "no_rights",
}

# What is wrong with this message, not with its chat. In a channel where threads are closed the same words still arrive
# as a message of their own: plain text goes without a thread.
_OUR_FAULT = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_too_long",
        "msg_blocks_too_long",
        "no_text",
        "invalid_attachments",
        "invalid_arguments",
        "invalid_arg_name",
        "invalid_charset",
        "invalid_form_data",
        "invalid_json",
        "json_not_object",
        "invalid_post_type",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_too_large",
        "metadata_must_be_sent_from_app",
        "markdown_text_conflict",
        "cannot_reply_to_message",
        "thread_not_found",
        "invalid_thread_ts",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
    }
)

# Nothing goes through this token until a person mends it, or the app's place in the organisation.
_DOWN = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "accesslimited",
        "two_factor_setup_required",
        "enterprise_is_restricted",
        "team_access_not_granted",
        "team_not_found",
        "method_deprecated",
        "deprecated_endpoint",
        "unknown_method",
        "forbidden_team",
    }
)

# Not taken, and it passes by itself: too fast, a move to an organisation, a free plan's allowance, a body cut short.
_LATER = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "service_unavailable",
        "request_timeout",
        "external_channel_migrating",
        "team_added_to_org",
        "org_login_required",
    }
)

_UNSURE = frozenset({"internal_error", "fatal_error"})

# An edit that cannot be made: the sender tells it as a new message instead.
_NO_EDIT = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "update_failed", "is_inactive", "invalid_ts"}
)

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_SECONDS = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,9})?")
_LONGEST_WAIT_SECONDS = 30 * 24 * 3600.0


def outcome_of(error: Exception) -> Outcome:
    """Return what an error of the client means for the message.

    Everything that is not certainly a no is `Unsure`: a timeout, a line that dropped after the request, a body that is
    no JSON.
    """
    if isinstance(error, SlackApiError):
        return _of_answer(error.response)
    if _was_not_sent(error):
        return TryLater()
    if isinstance(error, TimeoutError):
        return Unsure("timeout")
    if isinstance(error, aiohttp.ClientError | OSError):
        return Unsure("dropped")
    return Unsure("no_json")


def outcome_of_edit(error: Exception) -> Outcome:
    """Return what an error of an edit means: the same, but where we doubt we try again, since it harms nobody."""
    code = _code(getattr(error, "response", None))
    if code in _NO_EDIT:
        return OurFault("no_edit")
    outcome = outcome_of(error)
    return TryLater() if isinstance(outcome, Unsure) else outcome


def code_of(error: Exception) -> str:
    """Return the code Slack answered, or the kind of failure; never a text of the service."""
    return _code(getattr(error, "response", None)) or type(error).__name__


def _was_not_sent(error: Exception) -> bool:
    """No connection came about: refused, no address, no certificate, a proxy's no, or too slow to connect.

    aiohttp's `ConnectionTimeoutError` is a timeout, and its connector's errors are `OSError`s too: ask for these first.
    """
    return isinstance(
        error,
        aiohttp.ClientConnectorError
        | aiohttp.ConnectionTimeoutError
        | aiohttp.ClientHttpProxyError
        | aiohttp.InvalidURL,
    )


def _of_answer(response: Any) -> Outcome:
    code, status = _code(response), _status(response)
    if code is None:
        return _of_status(status, _retry_after(response))
    if status == 429 or code in _LATER:
        return TryLater(_retry_after(response))
    return _of_code(code, status)


def _of_code(code: str, status: int) -> Outcome:
    if code in _UNSURE:
        return Unsure(code)
    if code in _DOWN:
        return Down(code)
    if code in _REFUSED:
        return Refused(_REFUSED[code])
    if status >= 500:
        return TryLater()
    return OurFault(code)


def _of_status(status: int, retry_after: timedelta | None) -> Outcome:
    """An answer without a code is not Slack's program speaking, but something before it."""
    if status == 413:
        return OurFault("msg_too_long")
    if 400 <= status < 500:
        return TryLater(retry_after)
    return Unsure("no_json")


def _code(response: Any) -> str | None:
    """Return Slack's code, "unknown_error" for JSON that says no without a readable one, None without JSON."""
    data = getattr(response, "data", None)
    if not isinstance(data, Mapping) or not data:
        return None
    code = data.get("error")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else "unknown_error"


def _status(response: Any) -> int:
    """Return the HTTP status; for a body that is no JSON the SDK hands on aiohttp's own response, not its own."""
    status = getattr(response, "status_code", None) or getattr(response, "status", None)
    return status if isinstance(status, int) else 0


def _retry_after(response: Any) -> timedelta | None:
    """Return the wait that was asked for; none is None, and so is what is no number: then waits grow by themselves."""
    said = str((getattr(response, "headers", None) or {}).get("Retry-After", "")).strip()
    seconds = float(said) if _SECONDS.fullmatch(said) else 0.0
    return timedelta(seconds=min(seconds, _LONGEST_WAIT_SECONDS)) if seconds else None
