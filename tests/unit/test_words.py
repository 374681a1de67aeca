"""The catalogues: whole in every language, and safe to fill."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.registry import COMMANDS
from bot.words import LANGUAGES, Words, known_language, words
from digests.model import Reason, Stance, Status, StatusWord

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 12, 32, tzinfo=UTC)
KYIV = "Europe/Kyiv"
BUTTON_CHARS = 22

# What takes a key of ours as its first argument, by the name of the function.
_TAKES_A_KEY = frozenset({"say", "count", "pieces", "line", "AskError", "Notice", "fill", "words", "Button"})
_KEY = re.compile(r"[a-z_]+\.[a-z_]+")


def _strings_in(path: Path) -> set[str]:
    """Return the strings handed to what takes a key, in one file; of a conditional, both."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in _TAKES_A_KEY:
            continue
        given = [*node.args[:2], *(each.value for each in node.keywords if each.arg in ("key", "words"))]
        strings = [part.value for arg in given for part in ast.walk(arg) if isinstance(part, ast.Constant)]
        found |= {text for text in strings if isinstance(text, str) and _KEY.fullmatch(text)}
    return found


def _used_keys() -> list[str]:
    files = [path for room in ("bot", "digests") for path in (ROOT / room).rglob("*.py")]
    return sorted({key for path in files for key in _strings_in(path)})


def _all_texts() -> list[tuple[str, str, str]]:
    return [
        (each, key, text)
        for each in LANGUAGES
        for key in sorted(words(each).catalogue())
        for text in words(each).forms(key)
    ]


def test_every_key_the_code_uses_has_words() -> None:
    used = _used_keys()

    assert len(used) > 100, "the search for keys finds none any more"
    assert [key for key in used if key not in words("en")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_with_the_same_fields(language: str) -> None:
    english, other = words("en"), words(language)
    assert other.catalogue() == english.catalogue()
    assert {key: other.fields(key) for key in other.catalogue()} == {
        key: english.fields(key) for key in english.catalogue()
    }


@pytest.mark.parametrize(("language", "plurals"), [("en", 2), ("uk", 3), ("tr", 2)])
def test_a_text_has_one_form_or_all_forms_of_its_language_and_none_is_empty(language: str, plurals: int) -> None:
    said = words(language)
    assert {len(said.forms(key)) for key in said.catalogue()} == {1, plurals}
    assert not [key for key in said.catalogue() if not all(said.forms(key))]


def test_plurals_stand_under_the_same_keys_in_all_languages() -> None:
    plural = [{key for key in words(each).catalogue() if len(words(each).forms(key)) > 1} for each in LANGUAGES]
    assert plural[0] == plural[1] == plural[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_stance_and_command_has_words(language: str) -> None:
    said = words(language)
    assert all(said.status(StatusWord(status=each)) for each in Status)
    assert all(said.stance(each) for each in Stance)
    assert all(said.say(f"help.{name}") for name, known in COMMANDS.items() if name and not known.hidden)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["first", "words", "names", "copy", "edition"])
def test_every_reason_of_a_placement_has_words(language: str, key: str) -> None:
    assert words(language).placement(Reason(key=key))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "key",
    [
        *("full_name", "full_name_case", "full_name_spelling", "initials", "surname_anchored", "surname_alone"),
        *("surname_family", "full_name_marked", "full_name_shared"),
        *("acronym", "alias", "name", "name_case", "name_spelling"),
    ],
)
def test_every_reason_of_a_mention_has_words_of_its_own(language: str, key: str) -> None:
    said = words(language)
    fields = (("form", "Боздалієва"), ("of", "Bozdaliev"), ("anchor", "Арслан Боздалієв"))
    for text_language in ("uk", "xx", None):
        assert said.reason(Reason(key=key, fields=fields), text_language) != said.say("reason.similar")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("full_name_case", ("ending", "ові")),
        ("full_name_spelling", ("surname", "Bozdaliev")),
        ("name_case", ("ending", "ові")),
        ("surname_anchored", ("sentence", "17")),
    ],
)
def test_a_reason_with_all_its_fields_says_them(language: str, key: str, field: tuple[str, str]) -> None:
    fields = (("form", "Боздалієвові"), ("of", "Arslan Bozdaliev"), ("anchor", "Арслан Боздалієв"), field)
    assert field[1] in words(language).reason(Reason(key=key, fields=fields), "uk")


def test_a_reason_of_another_version_is_said_with_less() -> None:
    said = words("en")
    assert said.reason(Reason(key="heard_in_a_dream")) == "similar spelling"
    assert said.reason(Reason(key="surname_anchored")) == "surname; the full name stands in the text"


def test_no_text_has_an_exclamation_mark_or_an_emoji() -> None:
    loud = re.compile("[!\U0001f000-\U0001ffff\u2600-\u27bf\ufe0f]")
    assert [found for found in _all_texts() if loud.search(found[2])] == []


def test_button_words_have_at_most_22_characters() -> None:
    fields = {"n": "200", "city": "Simferopol", "number": "12"}
    shown = [
        (language, key, words(language).say(key, **fields))
        for language in LANGUAGES
        for key in words(language).catalogue()
        if key.startswith("button.")
    ]
    assert [found for found in shown if len(found[2]) > BUTTON_CHARS] == []


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Mon 23 Nov, 14:32"),
        ("uk", "пн, 23 лист., 14:32"),
        ("tr", "23 Kas Pzt, 14:32"),
    ],
)
def test_a_moment_is_day_and_time_in_the_zone_of_the_chat(language: str, expected: str) -> None:
    assert words(language).moment(NOW, KYIV, NOW) == expected


@pytest.mark.parametrize(
    ("at", "method", "expected"),
    [
        pytest.param(datetime(2025, 11, 23, 12, 32, tzinfo=UTC), "moment", "Sun 23 Nov 2025, 14:32", id="another-year"),
        pytest.param(datetime(2026, 12, 31, 22, 30, tzinfo=UTC), "moment", "Fri 1 Jan 2027, 00:30", id="new-year"),
        pytest.param(datetime(2026, 11, 20, 12, 32, tzinfo=UTC), "day", "Fri 20 Nov", id="day"),
        pytest.param(datetime(2025, 11, 20, 12, 32, tzinfo=UTC), "day", "Thu 20 Nov 2025", id="day-of-another-year"),
        pytest.param(datetime(2026, 11, 20, 12, 32, tzinfo=UTC), "short", "Fri 14:32", id="this-week"),
        pytest.param(datetime(2026, 11, 16, 12, 32, tzinfo=UTC), "short", "Mon 16 Nov, 14:32", id="a-week-ago"),
        pytest.param(datetime(2026, 11, 23, 1, 5, tzinfo=UTC), "since", "03:05", id="today"),
        pytest.param(datetime(2026, 11, 22, 21, 59, tzinfo=UTC), "since", "Sun 23:59", id="yesterday"),
    ],
)
def test_a_time_says_as_much_of_its_day_as_is_needed(at: datetime, method: str, expected: str) -> None:
    said: str = getattr(words("en"), method)(at, KYIV, NOW)
    assert said == expected


@pytest.mark.parametrize(
    ("language", "n", "expected"),
    [
        ("en", 1, "1 outlet"),
        ("en", 2, "2 outlets"),
        ("uk", 1, "1 видання"),
        ("uk", 3, "3 видання"),
        ("uk", 5, "5 видань"),
        ("uk", 11, "11 видань"),
        ("uk", 22, "22 видання"),
        ("tr", 1, "1 yayın"),
        ("tr", 7, "7 yayın"),
    ],
)
def test_a_count_takes_the_plural_of_its_language(language: str, n: int, expected: str) -> None:
    assert words(language).count("outlets", n) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param(StatusWord(status=Status.TRANSFER), "in the text: transfer", id="claimed"),
        pytest.param(StatusWord(status=Status.TRANSFER, denied=True), "denied: transfer", id="denied"),
        pytest.param(StatusWord(status=Status.TRANSFER, hearsay=True), "as a rumour: transfer", id="hearsay"),
        pytest.param(StatusWord(status=Status.DEATH, denied=True, hearsay=True), "denied: death", id="denied-hearsay"),
    ],
)
def test_a_status_is_a_claim_of_the_text(word: StatusWord, expected: str) -> None:
    assert words("en").status_in_text(word) == expected


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("en", KYIV, "Kyiv"),
        ("uk", KYIV, "Київ"),
        ("tr", "Europe/Istanbul", "İstanbul"),
        ("en", "UTC", "UTC"),
        ("en", "Etc/GMT-3", "UTC+3"),
        ("uk", "Etc/GMT+5", "UTC−5"),
    ],
)
def test_a_zone_is_called_by_its_city(language: str, zone: str, expected: str) -> None:
    assert words(language).city(zone) == expected


def test_a_language_is_named_as_a_text_is_in_it_and_as_it_names_itself() -> None:
    assert words("en").in_language("crh") == "in Crimean Tatar"
    assert words("en").in_language("kk") == "language: Kazakh"
    assert words("uk").language_name("uk") == "українська"


@given(st.text())
def test_what_a_field_holds_is_shown_as_it_is(text: str) -> None:
    assert words("en").say("watch.added", name=text) == f"Watching {text}."


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("uk-UA", "uk"), ("TR", "tr"), ("en_GB", "en"), ("de", None), ("", None), (None, None)],
)
def test_a_language_tag_means_a_language_we_speak_or_none(tag: str | None, expected: str | None) -> None:
    assert known_language(tag) == expected
    assert words(tag).language == (expected or "en")


def test_an_unknown_key_and_a_missing_field_are_errors() -> None:
    said: Words = words("en")
    with pytest.raises(KeyError):
        said.say("no.such_key")
    with pytest.raises(KeyError):
        said.say("watch.added")


# Keys that are put together: what follows is a status, a reason, a command, a day.
_FAMILIES = (
    *("status.", "stance.", "reason.", "placement.", "held."),
    *("help.", "day.", "city.", "language.", "adjective.", "fault.", "last."),
)


def test_no_words_are_left_that_nobody_says() -> None:
    files = [path for room in ("bot", "digests") for path in (ROOT / room).rglob("*.py")]
    sources = "".join(path.read_text(encoding="utf-8") for path in files)
    spoken = words("en").catalogue()
    assert [key for key in sorted(spoken) if not key.startswith(_FAMILIES) and f'"{key}"' not in sources] == []


# How the texts of faults begin, in the code that reads sources.
_FAULT = re.compile(r"(it,?|its|this|another program|the proxy for|no feed|a fault of|Haberdar did) ")
_STAND_FOR_A_FIELD = "7"


def _faults_in(path: Path) -> set[str]:
    """Return the texts of faults in one file, with a figure in each place of a field; docstrings are none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = set()
    for node in ast.walk(tree):
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        if id(node) in inside | docs or not isinstance(parts[0], ast.Constant) or not isinstance(parts[0].value, str):
            continue
        text = "".join(str(p.value) if isinstance(p, ast.Constant) else _STAND_FOR_A_FIELD for p in parts)
        if _FAULT.match(text):
            found.add(text)
    return found


def _all_faults() -> list[str]:
    rooms = [ROOT / "digests" / "sources", ROOT / "digests" / "intake.py", ROOT / "digests" / "store" / "sources.py"]
    files = [path for room in rooms for path in (room.rglob("*.py") if room.is_dir() else [room])]
    # A list of feeds is read by the command line alone.
    return sorted({text for path in files if path.name != "opml.py" for text in _faults_in(path)})


@pytest.mark.parametrize("fault", _all_faults())
def test_what_ails_a_source_is_said_in_every_language(fault: str) -> None:
    english, *others = (words(each).fault(fault) for each in LANGUAGES)
    assert english == fault
    assert all(said not in ("", fault) for said in others)


def test_every_fault_we_have_words_for_is_one_of_a_source() -> None:
    spoken = [words("en").forms(key)[0] for key in words("en").catalogue() if key.startswith("fault.")]
    known = [re.sub(r"\{[a-z]+\}", _STAND_FOR_A_FIELD, text) for text in spoken]
    assert sorted(known) == sorted({words("en").fault(text) for text in known})
    assert set(known) - set(_all_faults()) <= {
        "its address is not on the public internet; the setting allow_networks can open it"
    }


def test_a_fault_we_have_no_words_for_is_shown_as_it_is() -> None:
    assert words("uk").fault("something new") == "something new"
    assert words("uk").say("digest.unread", since="пн", title="Liman", why="its server does not answer") == (
        "Не прочитано від пн: Liman (його сервер не відповідає)."
    )
