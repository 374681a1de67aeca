"""What a fake Telegram knows and shows: chats, messages, people, in the shapes of the Bot API."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.telegram_answers import ApiError
from tests.fakes.telegram_html import Entity

BOT_ID = 7_000_000_001
BOT_NAME = "haberdar_fake_bot"
ANONYMOUS_ADMIN = 1_087_968_824  # the placeholder Telegram shows for an admin who writes as the group
CHANNEL_BOT = 136_817_688  # ... and for someone who writes as a channel


@dataclass(frozen=True, slots=True)
class ShownButton:
    """A button under a message."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(slots=True, kw_only=True)
class Shown:
    """A message of the bot as the chat sees it; `edits` counts how often it was replaced."""

    at: datetime
    chat_id: int
    topic: int | None
    message_id: int
    text: str
    raw: str
    entities: tuple[Entity, ...]
    buttons: tuple[tuple[ShownButton, ...], ...]
    reply_to: int | None
    is_protected: bool
    edits: int = 0

    @property
    def links(self) -> list[str]:
        """Where its text links lead."""
        return [entity.url for entity in self.entities if entity.url]

    @property
    def labels(self) -> list[str]:
        """What its buttons say."""
        return [button.text for row in self.buttons for button in row]


@dataclass(slots=True, kw_only=True)
class Room:
    """A chat as the server knows it."""

    chat_id: int
    kind: str
    admins: set[int] = field(default_factory=set)
    topics: set[int] | None = None
    refuses: ApiError | None = None
    sent_at: deque[float] = field(default_factory=deque)

    def as_json(self) -> dict[str, Any]:
        """Return the chat as updates and messages show it."""
        name = {"first_name": "Somebody"} if self.kind == "private" else {"title": "Some group"}
        return {
            "id": self.chat_id,
            "type": self.kind,
            **name,
            **({"is_forum": True} if self.topics is not None else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How fast one bot may send before the server says 429."""

    a_second: int = 30
    a_second_to_a_chat: int = 1
    a_minute_to_a_group: int = 20


def bot_user() -> dict[str, Any]:
    """Return the bot."""
    return {"id": BOT_ID, "is_bot": True, "first_name": "Haberdar", "username": BOT_NAME}


def user(user_id: int, language: str | None = None) -> dict[str, Any]:
    """Return a person."""
    known = {"id": user_id, "is_bot": False, "first_name": "Somebody"}
    return {**known, "language_code": language} if language else known


def message_in(
    room: Room, message_id: int, *, text: str | None = None, topic: int | None = None, at: datetime | None = None
) -> dict[str, Any]:
    """Return a message without its writer."""
    message = {"message_id": message_id, "date": _seconds(at or datetime.now(UTC)), "chat": room.as_json()}
    if text is not None:
        message["text"] = text
    if topic is not None:
        message |= {"message_thread_id": topic, "is_topic_message": True}
    return message


def writer_in(room: Room, user_id: int | None, language: str | None, as_room: Room | None) -> dict[str, Any]:
    """Return who wrote a message in a room, maybe in the name of the room itself or of a channel."""
    if room.kind == "channel":
        return {"sender_chat": room.as_json()}
    if as_room is not None:
        placeholder = ANONYMOUS_ADMIN if as_room is room else CHANNEL_BOT
        return {"sender_chat": as_room.as_json(), "from": {**user(placeholder), "is_bot": True}}
    return {"from": user(user_id if user_id is not None else room.chat_id, language)}


def membership(room: Room, before: str, after: str) -> dict[str, Any]:
    """Return that the bot's place in a chat changed."""

    def member(status: str) -> dict[str, Any]:
        return {"status": status, "user": bot_user(), **({"until_date": 0} if status == "kicked" else {})}

    return {
        "chat": room.as_json(),
        "from": user(room.chat_id if room.chat_id > 0 else 1, "en"),
        "date": _seconds(datetime.now(UTC)),
        "old_chat_member": member(before),
        "new_chat_member": member(after),
    }


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
