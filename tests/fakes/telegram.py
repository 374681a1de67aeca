"""A Bot API server on loopback, strict about what Telegram refuses; people in it type and press as tests tell them."""

import asyncio
import contextlib
import math
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.fakes.telegram_answers import PATIENCE_SECONDS, Answer, ApiError
from tests.fakes.telegram_checks import read_buttons, read_parameters, read_text
from tests.fakes.telegram_html import units
from tests.fakes.telegram_shapes import Limits, Room, Shown, bot_user, membership, message_in, user, writer_in

TOKEN = "7000000001:AAfake-token-of-a-bot-that-is-not-there"
_LONGEST_POLL = 50
T = TypeVar("T")


class FakeTelegram:
    """Serves the Bot API in this loop: `async with FakeTelegram() as fake:`, at `fake.api` ("http://127.0.0.1:PORT/bot")."""

    def __init__(self, token: str = TOKEN, *, limits: Limits | None = None) -> None:
        self.token = token
        self.shown: list[Shown] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.toasts: list[str] = []
        self.menus: dict[str, list[dict[str, str]]] = {}
        self.webhook = ""
        self.refused_429 = 0
        self._limits = limits
        self._rooms: dict[int, Room] = {}
        self._scripts: dict[int | str, deque[Answer]] = defaultdict(deque)
        self._updates: list[dict[str, Any]] = []
        self._kinds: list[str] | None = None
        self._queries: set[str] = set()
        self._poll = 0
        self._update_ids, self._message_ids, self._query_ids = count(500), count(1), count(90_000)
        self._sent_at: deque[float] = deque()
        self._changed = asyncio.Event()
        self._said: dict[tuple[int, int], dict[str, Any]] = {}

    async def __aenter__(self) -> Self:
        """Open the server on a free port."""
        self._port = 0
        await self.comes_back()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the server; polls that wait end."""
        await self.goes_away()

    async def goes_away(self) -> None:
        """Refuse every connection from now on; what waits is cut off."""
        await self._runner.cleanup()

    async def comes_back(self) -> None:
        """Serve at the same address again."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.api = f"http://127.0.0.1:{self._port}/bot"

    # What tests do ------------------------------------------------------------------------------------------------

    def opens(
        self, chat_id: int, kind: str | None = None, *, admins: Sequence[int] = (), topics: Sequence[int] | None = None
    ) -> Room:
        """Make a chat the bot may write to: a private one for a positive number, else a supergroup."""
        room = self._rooms.get(chat_id)
        if room is None:
            room = Room(chat_id=chat_id, kind=kind or ("private" if chat_id > 0 else "supergroup"))
            self._rooms[chat_id] = room
        room.admins |= set(admins)
        if topics is not None:
            room.topics = set(topics)
        return room

    def answers(self, where: int | str, *answers: Answer) -> None:
        """Answer the next messages to a chat (its number), or calls of a method (its name), in this way."""
        self._scripts[where].extend(answers)

    async def types(
        self,
        chat_id: int,
        text: str,
        *,
        user_id: int | None = None,
        language: str | None = "en",
        topic: int | None = None,
        reply_to: Shown | None = None,
        as_chat: int | None = None,
        **fields: Any,
    ) -> int:
        """Let a person write; return the update's number.

        `as_chat` is the group itself for an anonymous admin, or the channel someone writes as.
        """
        room = self.opens(chat_id)
        kind = "channel_post" if room.kind == "channel" else "message"
        as_room = None if as_chat is None else self.opens(as_chat, None if as_chat == chat_id else "channel")
        message = message_in(room, next(self._message_ids), text=text, topic=topic)
        message |= writer_in(room, user_id, language, as_room)
        if text.startswith("/"):
            length = units(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        if reply_to is not None:
            message["reply_to_message"] = self._said[reply_to.chat_id, reply_to.message_id]
        return self.updates({kind: {**message, **fields}})

    async def asks(self, chat_id: int, text: str, timeout: float = PATIENCE_SECONDS) -> None:
        """Let a person type, and return when one more message has come."""
        heard = len(self.messages_to(chat_id))
        await self.types(chat_id, text)
        await self.until(lambda: len(self.messages_to(chat_id)) > heard, timeout)

    async def presses(self, message: Shown, button: str, *, user_id: int | None = None, language: str = "en") -> int:
        """Let a person press a button, named by its words or its data; it must be there."""
        there = [each for row in message.buttons for each in row if button in (each.text, each.data)]
        if not there or there[0].data is None:
            raise AssertionError(f"no button {button!r} under the message, only {message.labels}")
        query = str(next(self._query_ids))
        self._queries.add(query)
        pressed = {
            "id": query,
            "from": user(user_id if user_id is not None else message.chat_id, language),
            "chat_instance": "1",
            "data": there[0].data,
            "message": self._said[message.chat_id, message.message_id],
        }
        return self.updates({"callback_query": pressed})

    async def blocks(self, chat_id: int) -> int:
        """Let a person block the bot, or a group's admin throw it out."""
        room = self.opens(chat_id)
        words = "bot was blocked by the user" if room.kind == "private" else f"bot was kicked from the {room.kind} chat"
        room.refuses = ApiError(403, f"Forbidden: {words}")
        return self.updates({"my_chat_member": membership(room, "member", "kicked")})

    async def unblocks(self, chat_id: int) -> int:
        """Let the bot in again."""
        room = self.opens(chat_id)
        room.refuses = None
        return self.updates({"my_chat_member": membership(room, "kicked", "member")})

    async def migrates(self, chat_id: int, to: int) -> int:
        """Turn a group into a supergroup with another number."""
        room = self.opens(chat_id, "group")
        self.opens(to, "supergroup", admins=tuple(room.admins))
        room.refuses = ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=to)
        message = message_in(room, next(self._message_ids)) | writer_in(room, 1, "en", None)
        return self.updates({"message": {**message, "migrate_to_chat_id": to}})

    def updates(self, update: dict[str, Any]) -> int:
        """Queue an update of any shape, if its kind is wanted; return its number."""
        number = next(self._update_ids)
        if self._kinds is None or next(iter(update)) in self._kinds:
            self._updates.append({"update_id": number, **update})
        self._stir()
        return number

    def messages_to(self, chat_id: int, topic: int | None = None) -> list[Shown]:
        """Return what the bot wrote to a chat, oldest first; with `topic` only there."""
        return [each for each in self.shown if each.chat_id == chat_id and topic in (None, each.topic)]

    def calls_of(self, method: str) -> list[dict[str, Any]]:
        """Return the parameters of every call of a method."""
        return [parameters for name, parameters in self.calls if name == method]

    @property
    def unconfirmed(self) -> list[int]:
        """The numbers of the updates that the bot has not confirmed yet."""
        return [update["update_id"] for update in self._updates]

    async def until(self, predicate: Callable[[], T], timeout: float = PATIENCE_SECONDS) -> T:
        """Return the predicate's first true answer; it is asked after each call and at least 50 times a second."""
        async with asyncio.timeout(timeout):
            while not (answer := predicate()):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), 0.02)
            return answer

    # The server ---------------------------------------------------------------------------------------------------

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method, token = request.match_info["method"], request.match_info["token"]
        if token != self.token:
            return _refused(Answer(code=401, description="Unauthorized"))
        call = _METHODS.get(method)
        if call is None:
            return _refused(Answer(code=404, description="Not Found"))
        types, serve = call
        try:
            given = read_parameters(await request.post(), types)
            self.calls.append((method, given))
            response = await self._serve(request, method, given, serve)
        except ApiError as error:
            response = _refused(error.answer)
        except ConnectionError:  # the bot died while it spoke
            response = web.Response()
        self._stir()
        return response

    async def _serve(self, request: web.Request, method: str, given: dict[str, Any], serve: "_Serve") -> web.Response:
        script = self._scripts[method] or (self._scripts[given.get("chat_id", 0)] if method in _WRITES else deque())
        scripted = script.popleft() if script else None
        if scripted is None:
            return web.json_response({"ok": True, "result": await serve(self, given)})
        result = await serve(self, given) if scripted.takes else None
        self._stir()
        await asyncio.sleep(scripted.seconds)
        if scripted.drops:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if scripted.is_ordinary:
            return web.json_response({"ok": True, "result": result if scripted.takes else await serve(self, given)})
        return _refused(scripted)

    async def _get_me(self, _: dict[str, Any]) -> dict[str, Any]:
        abilities = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
        return {**bot_user(), **abilities}

    async def _get_updates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first",
            )
        self._poll += 1
        mine = self._poll
        self._stir()
        self._updates = [each for each in self._updates if each["update_id"] >= given.get("offset", 0)]
        if "allowed_updates" in given:
            self._kinds = given["allowed_updates"] or None
        await self._wait_for_updates(mine, min(given.get("timeout", 0), _LONGEST_POLL))
        if self._poll != mine:
            raise ApiError(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        return self._updates[: given.get("limit", 100)]

    async def _wait_for_updates(self, mine: int, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not self._updates and self._poll == mine and loop.time() < end:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), max(end - loop.time(), 0))

    async def _send_message(self, given: dict[str, Any]) -> dict[str, Any]:
        room = self._room(given)
        topic = given.get("message_thread_id")
        if room.topics is None:
            topic = None  # ignored in a chat without topics
        elif topic is not None and topic not in room.topics:
            raise ApiError(400, "Bad Request: message thread not found")
        text, entities = read_text(given)
        buttons = read_buttons(given)
        reply_to = self._reply_to(given)
        self._count(room)
        shown = Shown(
            at=datetime.now(UTC),
            chat_id=room.chat_id,
            topic=topic,
            message_id=next(self._message_ids),
            text=text,
            raw=given["text"],
            entities=entities,
            buttons=buttons,
            reply_to=reply_to,
            is_protected=given.get("protect_content", False),
        )
        self.shown.append(shown)
        return self._as_message(room, shown)

    async def _edit_message_text(self, given: dict[str, Any]) -> dict[str, Any]:
        room = self._room(given)
        there = [each for each in self.messages_to(room.chat_id) if each.message_id == given.get("message_id")]
        if not there:
            raise ApiError(400, "Bad Request: message to edit not found")
        shown = there[0]
        text, entities = read_text(given)
        buttons = read_buttons(given)
        if (text, entities, buttons) == (shown.text, shown.entities, shown.buttons):
            raise ApiError(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
                "same as a current content and reply markup of the message",
            )
        shown.text, shown.raw, shown.entities, shown.buttons = text, given["text"], entities, buttons
        shown.edits += 1
        return self._as_message(room, shown)

    async def _answer_callback_query(self, given: dict[str, Any]) -> bool:
        query = given["callback_query_id"]
        if query not in self._queries:
            raise ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._queries.discard(query)
        self.toasts.append(query)
        return True

    async def _set_my_commands(self, given: dict[str, Any]) -> bool:
        for each in given["commands"]:
            name, words = each["command"], each["description"]
            if not name.replace("_", "").isalnum() or name != name.lower() or not 1 <= len(name) <= 32:
                raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(words) <= 256:
                raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        language = given.get("language_code", "")
        if len(language) not in (0, 2):
            raise ApiError(400, "Bad Request: invalid language_code specified")
        self.menus[language] = given["commands"]
        return True

    async def _get_webhook_info(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": len(self._updates)}

    async def _delete_webhook(self, given: dict[str, Any]) -> bool:
        self.webhook = ""
        if given.get("drop_pending_updates"):
            self._updates.clear()
        return True

    async def _get_chat(self, given: dict[str, Any]) -> dict[str, Any]:
        return {**self._room(given).as_json(), "accent_color_id": 0, "max_reaction_count": 0, "accepted_gift_types": {}}

    async def _get_chat_administrators(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        room = self._room(given)
        if room.kind == "private":
            raise ApiError(400, "Bad Request: there are no administrators in the private chat")
        owners = sorted(room.admins)
        return [{"status": "creator", "user": user(each), "is_anonymous": False} for each in owners]

    # Pieces -------------------------------------------------------------------------------------------------------

    def _room(self, given: dict[str, Any]) -> Room:
        room = self._rooms.get(given["chat_id"])
        if room is None:
            raise ApiError(400, "Bad Request: chat not found")
        if room.refuses is not None:
            raise room.refuses
        return room

    def _reply_to(self, given: dict[str, Any]) -> int | None:
        asked = given.get("reply_parameters")
        if asked is None:
            return None
        if any(each.message_id == asked["message_id"] for each in self.messages_to(given["chat_id"])):
            return int(asked["message_id"])
        if not asked.get("allow_sending_without_reply"):
            raise ApiError(400, "Bad Request: message to be replied not found")
        return None

    def _count(self, room: Room) -> None:
        """Refuse what comes too fast, where limits were asked for."""
        if self._limits is None:
            return
        now = asyncio.get_running_loop().time()
        checks = [(self._sent_at, self._limits.a_second, 1.0)]
        if room.kind == "private":
            checks.append((room.sent_at, self._limits.a_second_to_a_chat, 1.0))
        else:
            checks.append((room.sent_at, self._limits.a_minute_to_a_group, 60.0))
        for times, most, span in checks:
            while times and times[0] <= now - span:
                times.popleft()
            if len(times) >= most:
                self.refused_429 += 1
                wait = max(1, math.ceil(times[0] + span - now))
                raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        for times, _, _ in checks:
            times.append(now)

    def _as_message(self, room: Room, shown: Shown) -> dict[str, Any]:
        message = message_in(room, shown.message_id, text=shown.text, topic=shown.topic, at=shown.at)
        self._said[room.chat_id, shown.message_id] = {**message, "from": bot_user()}
        return self._said[room.chat_id, shown.message_id]

    def _stir(self) -> None:
        """Wake everyone who waits for something new."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


def _refused(answer: Answer) -> web.Response:
    if answer.body is not None:
        return web.Response(status=answer.code, text=answer.body, content_type="text/html")
    return web.json_response(answer.as_json(), status=answer.code)


_Serve = Callable[[FakeTelegram, dict[str, Any]], Awaitable[Any]]
_WRITES = ("sendMessage", "editMessageText")
_MESSAGE: dict[str, type] = {
    "chat_id": int,
    "text": str,
    "parse_mode": str,
    "reply_markup": dict,
    "link_preview_options": dict,
}
# By method: its parameters with their types, and who serves it.
_METHODS: dict[str, tuple[dict[str, type], _Serve]] = {
    "getMe": ({}, FakeTelegram._get_me),
    "getUpdates": ({"offset": int, "limit": int, "timeout": int, "allowed_updates": list}, FakeTelegram._get_updates),
    "sendMessage": (
        {**_MESSAGE, "message_thread_id": int, "reply_parameters": dict, "protect_content": bool},
        FakeTelegram._send_message,
    ),
    "editMessageText": ({**_MESSAGE, "message_id": int}, FakeTelegram._edit_message_text),
    "answerCallbackQuery": ({"callback_query_id": str, "text": str}, FakeTelegram._answer_callback_query),
    "setMyCommands": ({"commands": list, "language_code": str}, FakeTelegram._set_my_commands),
    "getWebhookInfo": ({}, FakeTelegram._get_webhook_info),
    "deleteWebhook": ({"drop_pending_updates": bool}, FakeTelegram._delete_webhook),
    "getChat": ({"chat_id": int}, FakeTelegram._get_chat),
    "getChatAdministrators": ({"chat_id": int}, FakeTelegram._get_chat_administrators),
}
