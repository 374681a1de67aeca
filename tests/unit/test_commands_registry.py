"""From what was typed to a command: parsing, rights, limits, and hints for what cannot be understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.lines import button_text, say_quiet, say_schedule
from bot.commands.registry import COMMANDS, MENU, Context, changes_things, parse, slash, understood
from bot.commands.talk import menu
from bot.commands.watch import split_labels
from bot.request import Request
from bot.words import LANGUAGES, words
from digests.model import Quiet
from digests.schedule.when import parse_when
from tests.builders import NOW


def request(command: str = "", rest: str = "", **given: object) -> Request:
    defaults: dict[str, object] = {
        "chat": "telegram:1",
        "asker": "telegram:7",
        "is_admin": True,
        "is_group": False,
        "language": None,
        "update": "1",
        "asked_at": NOW,
    }
    return Request(command=command, rest=rest, **{**defaults, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("/watch Arslan Bozdaliev", ("watch", "Arslan Bozdaliev"), id="slash"),
        pytest.param("/watch@HaberdarBot Arslan", ("watch", "Arslan"), id="addressed"),
        pytest.param("/WATCH@haberdarbot Arslan", ("watch", "Arslan"), id="any-case"),
        pytest.param("/watch@OtherBot Arslan", ("", "/watch@OtherBot Arslan"), id="addressed-to-another"),
        pytest.param("/haberdar when mon 9", ("when", "mon 9"), id="slack"),
        pytest.param("/haberdar", ("help", ""), id="slack-bare"),
        pytest.param("/haberdar /who Ali", ("who", "Ali"), id="slack-with-a-slash"),
        pytest.param("watch\nArslan\nHalyna", ("watch", "Arslan\nHalyna"), id="list"),
        pytest.param("status", ("status", ""), id="without-slash"),
        pytest.param("/wacth Arslan", ("wacth", "Arslan"), id="typo"),
        pytest.param("wacth Arslan", ("", "wacth Arslan"), id="plain-text"),
        pytest.param("  Арслан Боздалієв ", ("", "Арслан Боздалієв"), id="name"),
        pytest.param("mutestory 5f", ("", "mutestory 5f"), id="hidden-ones-need-a-button"),
        pytest.param("", ("", ""), id="nothing"),
        pytest.param("/", ("", "/"), id="slash-alone"),
    ],
)
def test_what_is_typed_is_a_command_or_a_lookup(text: str, expected: tuple[str, str]) -> None:
    assert parse(text, "HaberdarBot") == expected


@given(st.text(max_size=60))
def test_anything_typed_can_be_parsed(text: str) -> None:
    command, rest = parse(text)
    assert command or rest == text.strip()


def test_plain_text_that_is_a_command_is_one_and_a_command_stays_as_it_is() -> None:
    assert understood(request("", "when daily 8")).command == "when"
    assert understood(request("who", "status")) == request("who", "status")


@pytest.mark.parametrize(
    ("command", "rest", "expected"),
    [
        ("watch", "Ali Umer", True),
        ("watch", "", False),
        ("when", "", False),
        ("when", "recap", False),
        ("when", "зараз", False),
        ("when", "recap off", True),
        ("pause", "", True),
        ("start", "", True),
        ("who", "Ali", False),
        ("", "Ali", False),
        ("", "watch Ali Umer", True),
        ("mutestory", "5f5f5f5f5f5f5f5f", True),
        ("mutestory", "5f", False),
        ("nonsense", "x", False),
    ],
)
def test_bare_commands_mostly_only_show(command: str, rest: str, expected: bool) -> None:
    assert changes_things(request(command, rest)) is expected


def test_whatever_changes_things_is_for_admins_or_owners() -> None:
    assert [name for name, known in COMMANDS.items() if known.changes and not (known.admin or known.owner)] == []


def test_every_command_of_the_surface_is_there() -> None:
    asked = (
        "start help watch unwatch names alerts when zone digest who search status settings pause resume forget invite"
    )
    assert set(asked.split()) <= COMMANDS.keys()


@pytest.mark.parametrize("language", ["", *LANGUAGES[1:]])
def test_the_menu_shows_eight_commands_each_with_what_it_does(language: str) -> None:
    shown = menu()[language]
    assert [name for name, _ in shown] == list(MENU)
    assert all(0 < len(does) <= 256 for _, does in shown)


def test_an_invitation_opens_where_it_was_asked_for() -> None:
    context = Context(bot_name=lambda: "HaberdarBot")
    assert context.deep_link("abc", request()) == "https://t.me/HaberdarBot?start=inv_abc"
    assert context.deep_link("abc", request(chat="slack:T1/C1")) == "/haberdar start inv_abc"
    assert Context().deep_link("abc", request()) == "/start inv_abc"


def test_a_command_is_written_as_the_service_takes_it() -> None:
    assert slash(request()) == "/"
    assert slash(request(chat="slack:T1/C1")) == "/haberdar "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Arslan Bozdaliev", ("Arslan Bozdaliev",), id="one"),
        pytest.param("Arslan, Halyna; Yunus", ("Arslan", "Halyna", "Yunus"), id="commas"),
        pytest.param("1. Arslan\n2) Halyna\n- Yunus\n• Ali\n\n", ("Arslan", "Halyna", "Yunus", "Ali"), id="bullets"),
        pytest.param("Arslan\nArslan", ("Arslan",), id="repeats"),
        pytest.param("Karl-Heinz", ("Karl-Heinz",), id="hyphen-inside"),
        pytest.param(" , ;\n", (), id="nothing"),
        pytest.param("+, +", (), id="a plus alone"),
        pytest.param("“Arslan Bozdaliev”", ("Arslan Bozdaliev",), id="in quotes"),
        pytest.param("ГО «Степова варта»", ("ГО «Степова варта»",), id="quotes inside"),
        pytest.param("Arslan Bozdaliev (lawyer)", ("Arslan Bozdaliev",), id="a note in brackets"),
        pytest.param("1. Арслан Боздалієв — мій брат", ("Арслан Боздалієв",), id="a note behind a dash"),
        pytest.param("Arslan Bozdaliev - born 1980 - lawyer", ("Arslan Bozdaliev",), id="two notes"),
        pytest.param("Radio - Steppe", ("Radio - Steppe",), id="a dash behind one word"),
        pytest.param("(Arslan) Bozdaliev", ("(Arslan) Bozdaliev",), id="brackets at the beginning"),
        pytest.param("\u202eArslan\u200b Bozdaliev", ("Arslan Bozdaliev",), id="unseen marks"),
    ],
)
def test_a_pasted_list_gives_its_names(text: str, expected: tuple[str, ...]) -> None:
    assert split_labels(text) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("daily 8", "every day at 08:00 Kyiv"),
        ("weekdays 8:00, 18:30", "on weekdays at 08:00, 18:30 Kyiv"),
        ("mon 9:30", "every Monday at 09:30 Kyiv"),
        ("mon, thu 9:30", "every Monday, Thursday at 09:30 Kyiv"),
        ("every 4h", "every 4 hours"),
        ("every hour", "every hour"),
        ("every 90 min", "every 90 minutes"),
        ("recap mon 09:30", "every Monday at 09:30 Kyiv"),
    ],
)
def test_a_schedule_is_said_in_words(typed: str, expected: str) -> None:
    assert say_schedule(words("en"), str(parse_when(typed)), "Kyiv") == expected


def test_silent_hours_are_said_in_words() -> None:
    quiet = Quiet(NOW.replace(hour=22, minute=0).time(), NOW.replace(hour=7, minute=0).time())
    assert say_quiet(words("en"), quiet) == "Silent 22:00 to 07:00."
    assert say_quiet(words("en"), None) == "No silent hours."


def test_a_label_is_cut_to_fit_on_a_button() -> None:
    assert button_text("Arslan Bozdaliev") == "Arslan Bozdaliev"
    assert len(button_text("A" * 40)) == 22
