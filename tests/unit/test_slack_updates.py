"""What Slack sends is read for what was asked, and what asks nothing is left out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.request import EDITED, WORDLESS
from bot.slack.updates import Asked, plain, read_update

BOT = "UBOT"


def command(text: object = "who Halyna Vitrolom", **fields: Any) -> dict[str, Any]:
    body = {"command": "/haberdar", "text": text, "team_id": "T1", "channel_id": "C1", "user_id": "U1"}
    return body | {"trigger_id": "t-1"} | fields


def event(**fields: Any) -> dict[str, Any]:
    return {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": fields}


def press(**action: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "trigger_id": "t-2",
        "user": {"id": "U1", "team_id": "T2"},
        "team": {"id": "T1"},
        "container": {"message_ts": "17.1", "channel_id": "C1"},
        "actions": [action],
    }


TEXTS = [
    ("watch Halyna Vitrolom", ("watch", "Halyna Vitrolom")),
    ("Watch Halyna Vitrolom", ("", "Watch Halyna Vitrolom")),
    ("Арслан Боздалієв", ("", "Арслан Боздалієв")),
    ("/when daily 08:00", ("when", "daily 08:00")),
    ("  status  ", ("status", "")),
    ("", ("help", "")),
    (None, ("help", "")),
    ("who R&amp;D &lt;Office&gt;", ("who", "R&D <Office>")),
    ("watch A\nB", ("watch", "A\nB")),
    ("source add <https://steppe.example/rss>", ("source", "add https://steppe.example/rss")),
]


@pytest.mark.parametrize(("text", "asked"), TEXTS, ids=[str(text) for text, _ in TEXTS])
def test_a_small_latin_word_in_front_is_the_command(text: object, asked: tuple[str, str]) -> None:
    found = read_update(command(text), BOT)

    assert found is not None
    assert (found.command, found.rest) == asked
    assert found.typed


def test_a_press_says_its_data_who_pressed_and_under_which_message() -> None:
    assert read_update(press(value="watch Halyna Vitrolom"), BOT) == Asked(
        update="t-2", team="T2", channel="C1", user="U1", command="watch", rest="Halyna Vitrolom", message="17.1"
    )


def test_a_choice_in_a_menu_is_a_press_too() -> None:
    found = read_update(press(type="overflow", selected_option={"value": "mute story-1 7d"}), BOT)

    assert found is not None
    assert (found.command, found.rest) == ("mute", "story-1 7d")


MESSAGE = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": "Halyna Vitrolom"}
_EDIT = {"type": "message", "channel_type": "im", "channel": "D1", "subtype": "message_changed", "hidden": True}
_EDITED = {"user": "U1", "text": "Halyna Vitrolom", "edited": {"user": "U1", "ts": "1"}}

NOTHING: list[tuple[str, dict[str, Any]]] = [
    ("a press of a link", press(url="https://a.example")),
    ("a press without actions", {"type": "block_actions", "trigger_id": "t", "actions": []}),
    ("a message of a bot", event(**MESSAGE, bot_id="B1")),
    ("an edit", event(**MESSAGE, subtype="message_changed")),
    ("a message changed by Slack", event(**_EDIT, message={"user": "U1", "text": "seen"})),
    ("our own message changed", event(**_EDIT, message={"user": "UBOT", "bot_id": "B1", "edited": {"ts": "1"}})),
    ("an edit in a channel", event(**(_EDIT | {"channel_type": "channel"}), message=_EDITED)),
    ("a file in a channel", event(**(MESSAGE | {"text": "", "channel_type": "group"}), files=[{"id": "F1"}])),
    ("a message that was deleted", event(**MESSAGE, subtype="message_deleted")),
    ("a hidden message", event(**MESSAGE, hidden=True)),
    ("a message in a channel", event(**(MESSAGE | {"channel_type": "channel"}))),
    ("a message of nobody", event(**(MESSAGE | {"user": None}))),
    ("only a mention", event(**(MESSAGE | {"text": "<@UBOT>"}))),
    ("another's leaving", event(type="member_left_channel", channel="C1", user="U2")),
    ("another's coming", event(type="member_joined_channel", channel="C1", user="U2")),
    ("an event without a place", event(type="channel_archive")),
    ("an event of another kind", event(type="reaction_added", channel="C1", user="U1")),
    ("a move to nowhere", event(type="channel_id_changed", old_channel_id="G1")),
    ("no event at all", {"type": "event_callback", "event_id": "Ev1", "event": None}),
    ("a command without a trigger", command(trigger_id=None)),
    ("a dialog", {"type": "view_submission", "trigger_id": "t-1"}),
    ("nothing", {}),
]


@pytest.mark.parametrize("body", [body for _, body in NOTHING], ids=[name for name, _ in NOTHING])
def test_what_asks_nothing_is_none(body: dict[str, Any]) -> None:
    assert read_update(body, BOT) is None


SAID: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    ("a lookup", MESSAGE, ("", "Halyna Vitrolom")),
    ("a file with words", MESSAGE | {"subtype": "file_share", "files": [{"id": "F1"}]}, ("", "Halyna Vitrolom")),
    ("a file without words", MESSAGE | {"subtype": "file_share", "text": "", "files": [{"id": "F1"}]}, (WORDLESS, "")),
    ("an edit", _EDIT | {"message": _EDITED}, (EDITED, "")),
]


@pytest.mark.parametrize(("fields", "asked"), [row[1:] for row in SAID], ids=[row[0] for row in SAID])
def test_what_is_written_to_us_alone_is_answered_whatever_it_is(fields: dict[str, Any], asked: tuple[str, str]) -> None:
    found = read_update(event(**fields), BOT)

    assert found is not None
    assert (found.command, found.rest, found.user, found.is_direct) == (*asked, "U1", True)


BEFELL = [
    ("channel_archive", "U1", ".left", "archived"),
    ("group_archive", "U1", ".left", "archived"),
    ("channel_deleted", None, ".left", "chat_not_found"),
    ("channel_left", None, ".left", "not_member"),
    ("member_left_channel", BOT, ".left", "not_member"),
    ("channel_unarchive", "U1", ".back", ""),
    ("group_unarchive", "U1", ".back", ""),
    ("member_joined_channel", BOT, ".back", ""),
]


@pytest.mark.parametrize(("kind", "user", "asked", "why"), BEFELL, ids=[row[0] for row in BEFELL])
def test_what_befell_a_channel_is_a_request_of_its_own(kind: str, user: str | None, asked: str, why: str) -> None:
    found = read_update(event(type=kind, channel="C1", user=user), BOT)

    assert found is not None
    assert (found.command, found.rest, found.channel, found.update) == (asked, why, "C1", "Ev1")


def test_a_channel_whose_id_changes_moves() -> None:
    found = read_update(event(type="channel_id_changed", old_channel_id="G1", new_channel_id="C9"), BOT)

    assert found is not None
    assert (found.command, found.rest, found.channel, found.user) == (".moved", "C9", "G1", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<https://a.example|a.example>", "a.example"),
        ("<https://a.example/?a=1&amp;b=2>", "https://a.example/?a=1&b=2"),
        ("<#C1|news> and <#C2>", "news and"),
        ("<@U1> <!here> Halyna", "Halyna"),
        ("1 &lt; 2 &amp;lt; 3", "1 < 2 &lt; 3"),
    ],
)
def test_slacks_references_are_read_as_a_person_sees_them(text: str, words: str) -> None:
    assert plain(text) == words


@given(st.text())
def test_what_a_person_typed_comes_back_as_it_was_typed(text: str) -> None:
    typed = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert plain(typed) == text.strip()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
_KEYS = st.sampled_from(["type", "event", "actions", "command", "text", "user", "channel", "container", "trigger_id"])


@given(
    st.dictionaries(_KEYS, _JSON | st.sampled_from(["block_actions", "event_callback"]), max_size=9),
)
def test_no_payload_of_an_unknown_shape_raises(body: dict[str, Any]) -> None:
    read_update(body, BOT)
