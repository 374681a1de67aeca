"""What Slack sends, as what a person asked: slash commands, presses, direct messages, and what befell a channel."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.request import EDITED, WORDLESS

# "<@U1>", "<#C1|news>", "<https://a.example|a.example>" and "<!here>" as Slack writes them into texts.
_REFERENCE = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")

_COMMAND = re.compile(r"/?[a-z]+")

# What befell a channel, as a request and why; the reasons are those of `errors.py`.
_BEFELL = {
    "channel_archive": (".left", "archived"),
    "group_archive": (".left", "archived"),
    "channel_deleted": (".left", "chat_not_found"),
    "group_deleted": (".left", "chat_not_found"),
    "channel_left": (".left", "not_member"),
    "group_left": (".left", "not_member"),
    "channel_unarchive": (".back", ""),
    "group_unarchive": (".back", ""),
}
_MEMBERSHIP = {"member_left_channel": (".left", "not_member"), "member_joined_channel": (".back", "")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came in, in Slack's ids.

    Attributes:
        update: Slack's name for it, the same when it is delivered again (an event's id, a trigger's id).
        team: The asker's workspace where Slack says it, "" else.
        user: Who asked; "" where Slack does not say who did it.
        command: A command of the registry, "" for a lookup, ".left", ".back" and ".moved" for what befell a channel,
            ".edited" and ".wordless" for what a person sent to us alone and we do not read.
        typed: It was typed as a slash command, which works also where the bot is not.
        message: The `ts` of the message a button was pressed under.
    """

    update: str
    team: str
    channel: str
    user: str
    command: str
    rest: str
    typed: bool = False
    message: str | None = None

    @property
    def is_direct(self) -> bool:
        """It was asked where only two read: Slack's ids of direct messages begin with a D."""
        return self.channel.startswith("D")


def read_update(body: Mapping[str, Any], bot_user: str) -> Asked | None:
    """Return what a payload asks, None where it asks nothing: messages of bots, presses of links.

    `bot_user` is our own user id: a channel is left or joined by many, and only we are meant.
    """
    match body.get("type"):
        case "block_actions":
            return _press(body)
        case "event_callback":
            return _event(body, bot_user)
        case _:
            return _command(body) if "command" in body else None


def plain(text: str) -> str:
    """Return a text of Slack's as it was typed: references by their label, the three signs as themselves.

    >>> plain("R&amp;D <https://a.example|a.example> <@U1>")
    'R&D a.example'
    """
    text = _REFERENCE.sub(lambda found: found[3] or ("" if found[1] else found[2]), text)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text.strip()


def _command(body: Mapping[str, Any]) -> Asked | None:
    command, rest = _typed(plain(_text(body.get("text"))))
    return _asked(
        update=_text(body.get("trigger_id")),
        team=_text(body.get("team_id")),
        channel=_text(body.get("channel_id")),
        user=_text(body.get("user_id")),
        command=command,
        rest=rest,
        typed=True,
    )


def _press(body: Mapping[str, Any]) -> Asked | None:
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    if not isinstance(action, Mapping):
        return None
    value = action.get("value") or _inner(action, "selected_option", "value")
    if not isinstance(value, str) or not value:
        return None  # a button with an address: the app has opened it by itself
    command, rest = _words(value)
    return _asked(
        update=_text(body.get("trigger_id")),
        team=_inner(body, "user", "team_id") or _inner(body, "team", "id"),
        channel=_inner(body, "channel", "id") or _inner(body, "container", "channel_id"),
        user=_inner(body, "user", "id"),
        command=command,
        rest=rest,
        message=_inner(body, "container", "message_ts") or _inner(body, "message", "ts") or None,
    )


def _event(body: Mapping[str, Any], bot_user: str) -> Asked | None:
    event = body.get("event")
    if not isinstance(event, Mapping):
        return None
    kind = _text(event.get("type"))
    asked = _said(event) if kind == "message" else _befell(event, kind, bot_user)
    if not any(asked):
        return None
    return _asked(
        update=_text(body.get("event_id")),
        team=_text(event.get("user_team")) or _text(event.get("team")),
        channel=_text(event.get("old_channel_id" if asked[0] == ".moved" else "channel")),
        user=_text(event.get("user")) or _inner(event, "message", "user"),
        command=asked[0],
        rest=asked[1],
    )


def _said(event: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a person wrote to us alone: a lookup, or that it was an edit or a file without words."""
    if event.get("channel_type") != "im":
        return "", ""
    kind, changed = event.get("subtype"), event.get("message")
    if kind == "message_changed":
        # Slack itself changes messages too, to show what a link leads to: a person's edit is noted as one.
        is_meant = isinstance(changed, Mapping) and bool(changed.get("edited")) and _is_by_person(changed)
        return (EDITED if is_meant else ""), ""
    if not _is_by_person(event) or event.get("hidden") or kind not in (None, "", "file_share"):
        return "", ""
    text = plain(_text(event.get("text")))
    return ("", text) if text or not event.get("files") else (WORDLESS, "")


def _is_by_person(message: Mapping[str, Any]) -> bool:
    return not message.get("bot_id") and bool(message.get("user"))


def _befell(event: Mapping[str, Any], kind: str, bot_user: str) -> tuple[str, str]:
    if kind == "channel_id_changed":
        new = _text(event.get("new_channel_id"))
        return (".moved", new) if new else ("", "")
    is_us = event.get("user") == bot_user
    return (_MEMBERSHIP.get(kind) if is_us else None) or _BEFELL.get(kind, ("", ""))


def _asked(**fields: Any) -> Asked | None:
    """Return it if Slack said where and gave it a name; without these it could be neither answered nor kept once."""
    asked = Asked(**fields)
    return asked if asked.update and asked.channel else None


def _typed(text: str) -> tuple[str, str]:
    """Return the command and the rest. What begins with no small Latin word may be a name: it stays whole, and who
    knows the commands decides."""
    if not text:
        return "help", ""
    return _words(text) if _COMMAND.fullmatch(text.split(maxsplit=1)[0]) else ("", text)


def _words(text: str) -> tuple[str, str]:
    command, *rest = text.split(maxsplit=1) or [""]
    return command.removeprefix("/"), rest[0].strip() if rest else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _inner(value: Mapping[str, Any], outer: str, inner: str) -> str:
    found = value.get(outer)
    return _text(found.get(inner)) if isinstance(found, Mapping) else ""
