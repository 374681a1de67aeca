"""What an update asks: who, where, with which rights, and what is not meant for us."""

from typing import Any

import pytest
from telegram import Update

from bot.request import EDITED, WORDLESS, Request
from bot.telegram.address import address_of, chat_key
from bot.telegram.updates import Me, request_of
from tests.builders import NOW

_ME = Me(id=7, name="Haberdar_Bot")
_USER = {"id": 1001, "is_bot": False, "first_name": "Somebody", "language_code": "uk"}
_BOT = {"id": 7, "is_bot": True, "first_name": "Haberdar", "username": "Haberdar_Bot"}
_OTHER_BOT: dict[str, Any] = {"id": 8, "is_bot": True, "first_name": "Other", "username": "other_bot"}
_ANONYMOUS = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
_PRIVATE = {"id": 1001, "type": "private", "first_name": "Somebody"}
_GROUP = {"id": -1001, "type": "supergroup", "title": "Group"}
_CHANNEL = {"id": -1002, "type": "channel", "title": "Channel"}


def _message(text: str | None = None, **given: Any) -> dict[str, Any]:
    message: dict[str, Any] = {"message_id": 5, "date": 1_795_000_000, "chat": _PRIVATE, "from": _USER}
    if text is not None:
        message["text"] = text
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
    return {**message, **given}


def _by(user: dict[str, Any]) -> dict[str, Any]:
    return {"from": user}


def _asked(**update: Any) -> Request | None:
    return request_of(Update.de_json({"update_id": 501, **update}, None), _ME, NOW)


def _said(text: str | None = None, **given: Any) -> Request | None:
    return _asked(message=_message(text, **given))


def _sure(request: Request | None) -> Request:
    assert request is not None
    return request


_COMMANDS = [
    ("bare", "/status", "status", ""),
    ("rest", "/watch  Арслан Боздалієв ", "watch", "Арслан Боздалієв"),
    ("many-lines", "/watch One\nTwo", "watch", "One\nTwo"),
    ("to-us", "/who@haberdar_bot Umer", "who", "Umer"),
    ("capitals", "/WHO Umer", "who", "Umer"),
    ("deep-link", "/start inv_CODE-1", "start", "inv_CODE-1"),
    ("line-after", "/watch\nOne", "watch", "One"),
]


@pytest.mark.parametrize(("text", "command", "rest"), [pytest.param(*row, id=name) for name, *row in _COMMANDS])
def test_a_command_is_parted_from_what_stands_behind_it(text: str, command: str, rest: str) -> None:
    request = _sure(_said(text))

    assert (request.command, request.rest) == (command, rest)


def test_a_private_chat_tells_who_asks_in_which_language_and_may_change_everything() -> None:
    assert _said("/names") == Request(
        chat="telegram:1001",
        asker="telegram:1001",
        is_admin=True,
        is_group=False,
        command="names",
        rest="",
        language="uk",
        update="501-1795000000",
        asked_at=NOW,
    )


def test_in_a_group_the_asker_has_the_name_that_others_see() -> None:
    assert _sure(_said("/pause", chat=_GROUP)).who == "Somebody"


def test_plain_text_in_a_private_chat_is_a_lookup() -> None:
    request = _sure(_said(" Арслан Боздалієв\n"))

    assert (request.command, request.rest) == ("", "Арслан Боздалієв")


def test_the_words_under_a_picture_are_read_like_text() -> None:
    command = [{"type": "bot_command", "offset": 0, "length": 4}]
    assert _sure(_said(caption="/who Umer", caption_entities=command)).command == "who"
    assert _sure(_said(caption="Арслан Боздалієв")).rest == "Арслан Боздалієв"


_NOT_FOR_US: list[Any] = [
    ("another-bots-command", _message("/who@other_bot Umer")),
    ("talk-in-a-group", _message("Arslan Bozdaliev", chat=_GROUP)),
    ("reply-to-another", _message("yes", chat=_GROUP, reply_to_message=_message("no", chat=_GROUP))),
    ("another-bot", _message("/who Umer", chat=_GROUP, **_by(_OTHER_BOT))),
    (
        "forwarded-by-a-channel",
        _message("/who Umer", chat=_GROUP, sender_chat=_CHANNEL, is_automatic_forward=True, **_by(_ANONYMOUS)),
    ),
    ("no-words", _message(chat=_PRIVATE)),
    ("a-join", _message(chat=_GROUP, new_chat_members=[_USER])),
    (
        "first-words-in-a-topic-we-opened",
        _message(
            "hello",
            chat=_GROUP,
            message_thread_id=7,
            is_topic_message=True,
            reply_to_message=_message(chat=_GROUP, forum_topic_created={"name": "x", "icon_color": 1}, **_by(_BOT)),
        ),
    ),
]


@pytest.mark.parametrize("message", [pytest.param(row, id=name) for name, row in _NOT_FOR_US])
def test_what_is_not_meant_for_us_asks_nothing(message: dict[str, Any]) -> None:
    assert _asked(message=message) is None


_PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}]
_UNREAD: list[Any] = [
    ("an edit", {"edited_message": _message("Arslan Bozdaliev")}, EDITED),
    ("an edited command", {"edited_message": _message("/who Umer")}, EDITED),
    ("an edit of the words under a picture", {"edited_message": _message(photo=_PHOTO, caption="Umer")}, EDITED),
    ("a picture", {"message": _message(photo=_PHOTO)}, WORDLESS),
    ("a voice message", {"message": _message(voice={"file_id": "f", "file_unique_id": "u", "duration": 9})}, WORDLESS),
    ("a file", {"message": _message(document={"file_id": "f", "file_unique_id": "u"})}, WORDLESS),
]


@pytest.mark.parametrize(("update", "command"), [pytest.param(*row, id=name) for name, *row in _UNREAD])
def test_what_we_do_not_read_is_answered_in_a_private_chat(update: dict[str, Any], command: str) -> None:
    request = _sure(_asked(**update))

    assert (request.command, request.rest, request.is_group) == (command, "", False)


_SILENT: list[Any] = [
    ("an edit in a group", {"edited_message": _message("/who Umer", chat=_GROUP)}),
    ("an edit in a channel", {"edited_channel_post": _message("/who Umer", chat=_CHANNEL)}),
    ("an edit of another bot", {"edited_message": _message("Umer", **_by(_OTHER_BOT))}),
    ("a place that moves", {"edited_message": _message(location={"latitude": 50.4, "longitude": 30.5})}),
    ("a picture in a group", {"message": _message(photo=_PHOTO, chat=_GROUP)}),
    ("a picture of an album, whose words stand under another", {"message": _message(photo=_PHOTO, media_group_id="9")}),
    ("a message that was pinned", {"message": _message(pinned_message=_message("Umer"))}),
]


@pytest.mark.parametrize("update", [pytest.param(row, id=name) for name, row in _SILENT])
def test_what_nobody_meant_for_us_is_not_answered(update: dict[str, Any]) -> None:
    assert _asked(**update) is None


def test_a_reply_to_us_in_a_group_is_plain_text() -> None:
    request = _sure(_said("Umer", chat=_GROUP, reply_to_message=_message("Whom?", chat=_GROUP, **_by(_BOT))))

    assert (request.command, request.rest, request.is_group, request.is_admin) == ("", "Umer", True, False)


def test_an_anonymous_admin_is_one_and_asks_as_the_group() -> None:
    request = _sure(_said("/pause", chat=_GROUP, sender_chat=_GROUP, **_by(_ANONYMOUS)))

    assert (request.is_admin, request.asker, request.language, request.who) == (True, "telegram:-1001", None, "")


def test_somebody_who_writes_as_another_channel_proves_no_rights() -> None:
    request = _sure(_said("/pause", chat=_GROUP, sender_chat=_CHANNEL, **_by(_ANONYMOUS)))

    assert (request.is_admin, request.asker) == (False, "telegram:-1002")


def test_a_post_in_a_channel_proves_no_rights() -> None:
    post = {"message_id": 5, "date": 1_795_000_000, "chat": _CHANNEL, "sender_chat": _CHANNEL, **_command_of("/pause")}

    request = _sure(_asked(channel_post=post))

    assert (request.is_admin, request.is_group, request.chat) == (False, True, "telegram:-1002")


def _command_of(text: str) -> dict[str, Any]:
    return {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": len(text)}]}


def test_a_topic_is_a_chat_of_its_own_in_a_forum_only() -> None:
    topic = {"message_thread_id": 7, "is_topic_message": True}

    assert _sure(_said("/names", chat=_GROUP, **topic)).chat == "telegram:-1001/7"
    assert _sure(_said("/names", chat=_GROUP, message_thread_id=7)).chat == "telegram:-1001"
    assert _sure(_said("/names", chat=_PRIVATE, **topic)).chat == "telegram:1001"


def _press(data: str | None = "mute s1 7d", **message: Any) -> dict[str, Any]:
    query = {"id": "90000", "from": _USER, "chat_instance": "1", "message": {**_message("x"), **message}}
    return {**query, "data": data} if data is not None else query


def test_a_press_asks_what_its_button_holds_and_names_the_message() -> None:
    request = _sure(_asked(callback_query=_press()))

    assert (request.command, request.rest, request.message) == ("mute", "s1 7d", "5")
    assert (request.update, request.is_admin) == ("501-90000", True)


def test_a_press_in_a_topic_stays_there() -> None:
    topic: dict[str, Any] = {"chat": _GROUP, "message_thread_id": 7, "is_topic_message": True}

    assert _sure(_asked(callback_query=_press(**topic))).chat == "telegram:-1001/7"
    assert _sure(_asked(callback_query=_press(chat=_GROUP, date=0))).chat == "telegram:-1001"


def test_a_press_of_a_game_or_under_a_foreign_message_asks_nothing() -> None:
    assert _asked(callback_query=_press(None)) is None
    assert _asked(callback_query={**_press(), "message": None, "inline_message_id": "1"}) is None


def _change(chat: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    def member(status: str) -> dict[str, Any]:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"status": status, "user": _BOT, **until}

    change = {"chat": chat, "from": _USER, "date": 1_795_000_000}
    return {**change, "old_chat_member": member(before), "new_chat_member": member(after)}


_MEMBERSHIPS = [
    ("blocked", _PRIVATE, "member", "kicked", (".left", "blocked")),
    ("unblocked", _PRIVATE, "kicked", "member", (".back", "")),
    ("kicked", _GROUP, "member", "kicked", (".left", "kicked")),
    ("removed", _GROUP, "member", "left", (".left", "left")),
    ("added", _GROUP, "left", "member", (".back", "")),
    ("still-away", _GROUP, "left", "kicked", None),
    ("still-there", _GROUP, "member", "member", None),
]


@pytest.mark.parametrize(
    ("chat", "before", "after", "expected"), [pytest.param(*row, id=name) for name, *row in _MEMBERSHIPS]
)
def test_being_shut_out_and_let_in_are_requests_nobody_can_type(
    chat: dict[str, Any], before: str, after: str, expected: tuple[str, str] | None
) -> None:
    request = _asked(my_chat_member=_change(chat, before, after))

    assert (request and (request.command, request.rest)) == expected


def test_nobody_can_type_what_only_telegram_says() -> None:
    assert _sure(_said("/.left x")).command != ".left"
    assert _sure(_said(".left x")).command == ""


def test_a_button_cannot_say_what_only_telegram_says() -> None:
    assert _asked(callback_query=_press(".moved telegram:-1")) is None


def test_a_group_that_moves_says_where_to() -> None:
    request = _sure(_said(chat={**_GROUP, "type": "group", "id": -5}, migrate_to_chat_id=-10077))

    assert (request.chat, request.command, request.rest) == ("telegram:-5", ".moved", "telegram:-10077")


def test_the_same_number_after_a_quiet_week_is_another_update() -> None:
    first, later = _said("/names"), _said("/names", date=1_795_900_000)

    assert _sure(first).update != _sure(later).update


@pytest.mark.parametrize("key", ["telegram:1001", "telegram:-1001234567890", "telegram:-1001234567890/7"])
def test_a_key_and_its_address_say_the_same(key: str) -> None:
    assert chat_key(*address_of(key)) == key


def test_the_key_of_another_service_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="Telegram"):
        address_of("slack:T1/C2")
