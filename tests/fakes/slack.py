"""Slack on loopback: the Web API over HTTP, Socket Mode over a WebSocket, strict about what Slack refuses.

It keeps a ledger of what was shown (`messages`), of every call (`calls`) and of every confirmation (`line.acks`),
answers as told (`answers`), and delivers again whatever was not confirmed. Slack itself does so for events only; one
whose slash command was not confirmed sees an error and types it again, which is the same with the same trigger's id.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self

from aiohttp import web

from tests.fakes.slack_ledger import Ack, Answer, Breaks, Drops, Envelope, Fails, Json, Limits, Posted, Takes
from tests.fakes.slack_rules import refuse_message
from tests.fakes.slack_socket import Line

__all__ = ["Ack", "Answer", "Breaks", "Drops", "Envelope", "Fails", "FakeSlack", "Limits", "Posted", "Takes"]


@dataclass
class _Channel:
    refusal: str | None = None
    script: deque[Answer] = field(default_factory=deque)
    taken_at: float | None = None


class FakeSlack:
    """One workspace with one app in it.

    Args:
        ack_within: Seconds an envelope waits for its confirmation before it is sent again; Slack waits 3.
        paced: Refuse more than one message a second and channel, as Slack does.
        port: 0 takes any; a number lets a second fake stand in the first one's place.
    """

    bot_token = "xoxb-fake-1"
    app_token = "xapp-fake-1"
    bot_user = "UBOT"
    """Set `scopes`, `token_error`, `app_token_error` (a code) and `line.refuse` to make trouble."""

    def __init__(self, *, team: str = "T1", ack_within: float = 3.0, paced: bool = False, port: int = 0) -> None:
        self.team = team
        self.paced = paced
        self.scopes = {"chat:write", "commands", "im:write", "im:history", "users:read"}
        self.token_error: str | None = None
        self.app_token_error: str | None = None
        self.messages: list[Posted] = []
        self.calls: list[tuple[str, Json]] = []
        self._users: dict[str, Json] = {}
        self._channels: dict[str, _Channel] = {}
        self._always: dict[str, Answer] = {}
        self._changed = asyncio.Condition()
        self.line = Line(ack_within, self._changed)
        self._number = count(1)
        self._port = port
        self._runner: web.AppRunner | None = None
        for channel in ("C1", "C2"):
            self.add_channel(channel)
        self.add_user("U1", is_admin=True)
        self.add_user("U2")

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=16 * 1024**2)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_get("/socket", self.line.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.line.close()
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def api(self) -> str:
        """The base address of the Web API."""
        return f"http://127.0.0.1:{self._port}/api/"

    # The workspace ---------------------------------------------------------------------------------------------------

    def add_channel(self, channel: str, *, refusal: str | None = None) -> None:
        """Add a channel; `refusal` is the code its messages are refused with ("is_archived", "not_in_channel")."""
        self._channels[channel] = _Channel(refusal)

    def add_user(self, user: str, *, is_admin: bool = False, locale: str = "en-GB", team: str | None = None) -> None:
        """Add a person of this workspace, or a guest of another."""
        self._users[user] = {
            "id": user,
            "team_id": team or self.team,
            "name": user.lower(),
            "is_admin": is_admin,
            "is_owner": False,
            "is_bot": False,
            "locale": locale,
        }

    def direct_of(self, user: str) -> str:
        """Return the channel in which the bot and a person speak alone."""
        channel = f"D{user}"
        if channel not in self._channels:
            self.add_channel(channel)
        return channel

    def answers(self, channel: str, *answers: Answer) -> None:
        """Answer the next messages to a channel like this, one each, and then as usual."""
        self._channels[channel].script.extend(answers)

    def always(self, method: str, answer: Answer | None) -> None:
        """Answer every call of a method like this from now on; None ends it."""
        self._always.pop(method, None)
        if answer is not None:
            self._always[method] = answer

    def messages_to(self, channel: str) -> list[Posted]:
        """Return what a channel shows, oldest first."""
        return [message for message in self.messages if message.channel == channel]

    def called(self, method: str) -> list[Json]:
        """Return the bodies of the calls of a method, oldest first."""
        return [body for name, body in self.calls if name == method]

    @property
    def sockets(self) -> int:
        """How many sockets are open that envelopes may go to."""
        return len(self.line.live())

    async def until(self, predicate: Callable[[], bool], timeout: float = 20.0) -> None:
        """Return when the predicate holds; it is asked again whenever something here has changed."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(predicate)

    # What people do --------------------------------------------------------------------------------------------------

    async def types_command(self, channel: str, user: str, command: str, text: str = "") -> Envelope:
        """A person types a slash command; also in a talk of two people (`D...`), where the bot is not."""
        return self.line.deliver(
            "slash_commands",
            {
                "token": "legacy",
                "team_id": self.team,
                "team_domain": "fake",
                "channel_id": channel,
                "channel_name": "directmessage" if channel.startswith("D") else channel.lower(),
                "user_id": user,
                "user_name": user.lower(),
                "command": command,
                "text": _as_slack(text),
                "api_app_id": "A1",
                "is_enterprise_install": "false",
                "response_url": "https://hooks.slack.example/commands/1",
                "trigger_id": self._name("trigger"),
            },
        )

    async def says(self, user: str, text: str, **fields: Any) -> Envelope:
        """A person writes to the bot alone; `fields` add to the event or replace what stands in it."""
        event = {
            "type": "message",
            "channel": self.direct_of(user),
            "channel_type": "im",
            "user": user,
            "text": _as_slack(text),
            "ts": self._ts(),
            "event_ts": self._ts(),
            "team": self.team,
        }
        return await self.event(event | fields)

    async def presses(self, channel: str, user: str, words: str) -> Envelope:
        """A person presses the newest button of these words in a channel."""
        for message in reversed(self.messages_to(channel)):
            for button in message.buttons:
                if button["text"]["text"] == words:
                    return self.line.deliver("interactive", self._press(message, user, button))
        raise AssertionError(f"no button {words!r} in {channel}")

    async def event(self, event: Json) -> Envelope:
        """Something happens that the app is told of."""
        payload = {
            "token": "legacy",
            "team_id": self.team,
            "api_app_id": "A1",
            "event": event,
            "type": "event_callback",
            "event_id": self._name("Ev"),
            "event_time": 1_790_000_000,
            "authorizations": [{"team_id": self.team, "user_id": self.bot_user, "is_bot": True}],
            "is_ext_shared_channel": False,
        }
        return self.line.deliver("events_api", payload)

    async def archives(self, channel: str, user: str = "U1") -> Envelope:
        """Someone archives a channel: nothing can be posted there."""
        self._channels[channel].refusal = "is_archived"
        return await self.event({"type": "channel_archive", "channel": channel, "user": user})

    async def unarchives(self, channel: str, user: str = "U1") -> Envelope:
        """Someone takes a channel out of the archive."""
        self._channels[channel].refusal = None
        return await self.event({"type": "channel_unarchive", "channel": channel, "user": user})

    async def removes_bot(self, channel: str) -> Envelope:
        """Someone removes the bot from a channel."""
        self._channels[channel].refusal = "not_in_channel"
        return await self.event({"type": "member_left_channel", "channel": channel, "user": self.bot_user})

    async def disconnects(self, reason: str = "refresh_requested") -> None:
        """Slack asks the app to open a new socket; nothing more is sent over the old ones."""
        await self.line.disconnect(reason)

    async def cuts(self) -> None:
        """Every socket breaks without a word."""
        self.line.cut()

    # The Web API -----------------------------------------------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        body = await _body(request)
        self.calls.append((method, body))
        answer = await self._answer(method, body, _token(request, body), request)
        await self._changes()
        return answer

    async def _answer(self, method: str, body: Json, token: str | None, request: web.Request) -> web.StreamResponse:
        handler = self._methods().get(method)
        refusal = self._refuse_token(method, token)
        if handler is None or refusal:
            return _no(refusal or "unknown_method")
        if method in self._always:
            return await self._as_told(self._always[method], request, lambda: handler(body))
        return await self._in_channel(method, body, request, handler)

    async def _in_channel(
        self, method: str, body: Json, request: web.Request, handler: Callable[[Json], web.Response]
    ) -> web.StreamResponse:
        channel = self._channels.get(str(body.get("channel")))
        if not method.startswith("chat.") or channel is None or not channel.script:
            return handler(body)
        return await self._as_told(channel.script.popleft(), request, lambda: handler(body))

    async def _as_told(
        self, told: Answer, request: web.Request, take: Callable[[], web.Response]
    ) -> web.StreamResponse:
        match told:
            case Takes(after):
                taken = take()
                await self._changes()
                await asyncio.sleep(after)
                return taken
            case Limits(seconds):
                headers = {} if seconds is None else {"Retry-After": str(seconds)}
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
            case Fails(code, status):
                return _no(code, status)
            case Breaks(status, body, content_type):
                return web.Response(status=status, text=body, content_type=content_type)
            case Drops(takes):
                taken = take() if takes else web.Response()
                if request.transport is not None:
                    request.transport.abort()
                return taken

    def _methods(self) -> dict[str, Callable[[Json], web.Response]]:
        return {
            "auth.test": self._auth_test,
            "apps.connections.open": self._open,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "users.info": self._user,
            "conversations.open": self._direct,
        }

    def _refuse_token(self, method: str, token: str | None) -> str | None:
        if token is None:
            return "not_authed"
        if method == "apps.connections.open":
            return self.app_token_error or (None if token == self.app_token else "invalid_auth")
        if token == self.app_token:
            return "not_allowed_token_type"
        return self.token_error or (None if token == self.bot_token else "invalid_auth")

    def _auth_test(self, _: Json) -> web.Response:
        return _yes(team_id=self.team, team="fake", user_id=self.bot_user, user="haberdar", bot_id="BBOT", url="")

    def _open(self, _: Json) -> web.Response:
        return _yes(url=f"ws://127.0.0.1:{self._port}/socket?ticket={self.line.ticket()}")

    def _post(self, body: Json) -> web.Response:
        channel = self._channels.get(str(body.get("channel")))
        if channel is None:
            return _no("channel_not_found")
        refusal = self._lacks("chat:write") or channel.refusal or refuse_message("chat.postMessage", body)
        if refusal:
            return _no(refusal)
        thread = body.get("thread_ts")
        if thread is not None and not self._find(body["channel"], str(thread)):
            return _no("thread_not_found")
        now = asyncio.get_running_loop().time()
        if self.paced and channel.taken_at is not None and now - channel.taken_at < 1.0:
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        channel.taken_at = now
        posted = Posted(str(body["channel"]), self._ts(), body)
        self.messages.append(posted)
        return _yes(channel=posted.channel, ts=posted.ts, message={"text": posted.text, "type": "message"})

    def _update(self, body: Json) -> web.Response:
        channel = self._channels.get(str(body.get("channel")))
        if channel is None:
            return _no("channel_not_found")
        refusal = self._lacks("chat:write") or channel.refusal or refuse_message("chat.update", body)
        found = self._find(str(body["channel"]), str(body.get("ts")))
        if refusal or found is None:
            return _no(refusal or "message_not_found")
        found.edits.append(found.body)
        found.body = found.body | body
        return _yes(channel=found.channel, ts=found.ts, text=found.text)

    def _user(self, body: Json) -> web.Response:
        found = self._users.get(str(body.get("user")))
        refusal = self._lacks("users:read") or (None if found else "user_not_found")
        return _no(refusal) if refusal else _yes(user=found)

    def _direct(self, body: Json) -> web.Response:
        user = str(body.get("users"))
        refusal = self._lacks("im:write") or (None if user in self._users else "user_not_found")
        return _no(refusal) if refusal else _yes(channel={"id": self.direct_of(user)})

    def _lacks(self, scope: str) -> str | None:
        return None if scope in self.scopes else "missing_scope"

    def _find(self, channel: str, ts: str) -> Posted | None:
        return next((m for m in self.messages if m.channel == channel and m.ts == ts), None)

    def _press(self, message: Posted, user: str, button: Json) -> Json:
        return {
            "type": "block_actions",
            "user": {"id": user, "name": user.lower(), "team_id": self.team},
            "api_app_id": "A1",
            "token": "legacy",
            "container": {"type": "message", "message_ts": message.ts, "channel_id": message.channel},
            "trigger_id": self._name("trigger"),
            "team": {"id": self.team, "domain": "fake"},
            "channel": {"id": message.channel, "name": "fake"},
            "message": {"ts": message.ts, "text": message.text},
            "response_url": "https://hooks.slack.example/actions/1",
            "actions": [button | {"block_id": "b1", "action_ts": self._ts()}],
        }

    # Small things ----------------------------------------------------------------------------------------------------

    async def _changes(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _name(self, what: str) -> str:
        return f"{what}-{next(self._number)}"

    def _ts(self) -> str:
        number = next(self._number)
        return f"{1_790_000_000 + number}.{number:06d}"


async def _body(request: web.Request) -> Json:
    body: Json = dict(request.query)
    if request.content_type == "application/json":
        return body | dict(await request.json())
    return body | {key: str(value) for key, value in (await request.post()).items()}


def _token(request: web.Request, body: Mapping[str, Any]) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" and token else body.get("token")


def _yes(**fields: Any) -> web.Response:
    return web.json_response({"ok": True} | fields)


def _no(code: str, status: int = 200) -> web.Response:
    return web.json_response({"ok": False, "error": code}, status=status)


def _as_slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
