"""Updates to requests: what a person asked, or what became of a chat, in words that know no Telegram."""

from dataclasses import dataclass, replace
from datetime import datetime

from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType, MessageEntityType

from bot.request import EDITED, WORDLESS, Request
from bot.telegram.address import chat_key

# Commands nobody can type: what became of a chat. Kept and handled in order like any other.
LEFT = ".left"  # rest: "blocked", "kicked" or "left"
BACK = ".back"
MOVED = ".moved"  # rest: the chat's new key

_AWAY = {ChatMemberStatus.LEFT: "left", ChatMemberStatus.BANNED: "kicked"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Whom updates are addressed to."""

    id: int
    name: str


def request_of(update: Update, me: Me, now: datetime) -> Request | None:
    """Return what an update asks; None for what is not meant for us.

    `is_admin` is as far as the update itself proves it: a private chat, or an anonymous admin who writes as the group.
    The front looks up the rest. A post in a channel proves nothing about who wrote it.
    """
    if update.callback_query is not None:
        return _pressed(update.callback_query, update.update_id, now)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, update.update_id, now)
    if update.edited_message is not None:
        return _edited(update.edited_message, update.update_id, now)
    message = update.message or update.channel_post
    return _said(message, me, update.update_id, now) if message is not None else None


def _pressed(query: CallbackQuery, update_id: int, now: datetime) -> Request | None:
    message = query.message
    if message is None or not query.data or query.data.startswith("."):
        return None
    command, _, rest = query.data.partition(" ")
    return Request(
        chat=chat_key(message.chat.id, _topic(message) if isinstance(message, Message) else None),
        asker=_person(query.from_user),
        is_admin=_is_private(message.chat),
        is_group=not _is_private(message.chat),
        command=command,
        rest=rest.strip(),
        language=query.from_user.language_code,
        update=_name(update_id, query.id),
        asked_at=now,
        message=str(message.message_id),
        who="" if _is_private(message.chat) else query.from_user.full_name,
    )


def _membership(change: ChatMemberUpdated, update_id: int, now: datetime) -> Request | None:
    was_away = change.old_chat_member.status in _AWAY
    reason = _AWAY.get(ChatMemberStatus(change.new_chat_member.status))
    if was_away == (reason is not None):
        return None
    if reason is not None and _is_private(change.chat):
        reason = "blocked"
    return Request(
        chat=chat_key(change.chat.id),
        asker=_person(change.from_user),
        is_admin=_is_private(change.chat),
        is_group=not _is_private(change.chat),
        command=LEFT if reason else BACK,
        rest=reason or "",
        language=change.from_user.language_code,
        update=_name(update_id, str(int(change.date.timestamp()))),
        asked_at=now,
    )


def _said(message: Message, me: Me, update_id: int, now: datetime) -> Request | None:
    asked = _base(message, update_id, now)
    if message.migrate_to_chat_id is not None:
        return replace(asked, command=MOVED, rest=chat_key(message.migrate_to_chat_id))
    text = message.text or message.caption
    if not _is_from_a_person(message):
        return None
    if not text:
        return replace(asked, command=WORDLESS) if _is_private(message.chat) and _is_something(message) else None
    command, addressee, rest = _command(message)
    if command:
        return replace(asked, command=command, rest=rest) if addressee in ("", me.name.lower()) else None
    if asked.is_group and not _answers_us(message, me):
        return None
    return replace(asked, rest=text.strip())


def _edited(message: Message, update_id: int, now: datetime) -> Request | None:
    """Return what tells a person that an edit is not read; a place that is shared live is edited by itself."""
    is_meant = _is_private(message.chat) and _is_from_a_person(message) and bool(message.text or message.caption)
    return replace(_base(message, update_id, now), command=EDITED) if is_meant else None


def _is_something(message: Message) -> bool:
    """Tell whether a person sent it by itself; of an album one part bears the words, and is read."""
    is_paid = message.successful_payment is not None  # never asked for by us
    return message.effective_attachment is not None and message.media_group_id is None and not is_paid


def _base(message: Message, update_id: int, now: datetime) -> Request:
    chat, person, writer = message.chat, message.from_user, message.sender_chat
    speaks_as_group = writer is not None and writer.id == chat.id and chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)
    return Request(
        chat=chat_key(chat.id, _topic(message)),
        asker=chat_key(writer.id) if writer is not None else _person(person) if person else chat_key(chat.id),
        is_admin=_is_private(chat) or speaks_as_group,
        is_group=not _is_private(chat),
        command="",
        rest="",
        language=person.language_code if person is not None and writer is None else None,
        update=_name(update_id, str(int(message.date.timestamp()))),
        asked_at=now,
        who="" if _is_private(chat) or person is None or writer is not None else person.full_name,
    )


def _command(message: Message) -> tuple[str, str, str]:
    """Return the command, whom it is addressed to and what stands behind it; "" where there is none."""
    text = message.text or message.caption or ""
    entities = message.entities or message.caption_entities
    first = next((e for e in entities if e.type == MessageEntityType.BOT_COMMAND and e.offset == 0), None)
    if first is None or text.startswith("/."):
        return "", "", ""
    # A command is ASCII, so its UTF-16 units are characters.
    command, _, addressee = text[1 : first.length].lower().partition("@")
    return command, addressee, text[first.length :].strip()


def _answers_us(message: Message, me: Me) -> bool:
    earlier = message.reply_to_message
    if earlier is None or earlier.from_user is None or earlier.forum_topic_created is not None:
        return False
    return earlier.from_user.id == me.id


def _is_from_a_person(message: Message) -> bool:
    """Say no for other bots and for posts that a channel forwards; anonymous admins speak through a placeholder bot."""
    if message.is_automatic_forward:
        return False
    return message.sender_chat is not None or message.from_user is None or not message.from_user.is_bot


def _topic(message: Message) -> int | None:
    """Return the topic in a forum group; a private chat with topics stays one chat."""
    return message.message_thread_id if message.is_topic_message and not _is_private(message.chat) else None


def _is_private(chat: Chat) -> bool:
    return chat.type == ChatType.PRIVATE


def _person(user: User) -> str:
    return chat_key(user.id)


def _name(update_id: int, mark: str) -> str:
    # After a quiet week Telegram may start its numbers anew, perhaps at one we have kept: the mark tells them apart.
    return f"{update_id}-{mark}"
