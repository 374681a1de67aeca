from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Band, Kind, Mention, PatternId, Reason, Stance, full_text
from digests.writing.pick import Picked, Picker
from tests.builders import article, mention

_NAME = "Arslan Bozdaliev"
_WATCHED = PatternId("watched")


def _pick(text: str, *, title: str = "", kind: Kind = Kind.PERSON, bands: tuple[Band, ...] = ()) -> Picked:
    of = article(title=title, text=text)
    whole = full_text(of)
    mentions: list[Mention] = []
    at = whole.find(_NAME)
    while at >= 0:
        band = bands[len(mentions)] if len(mentions) < len(bands) else Band.SURE
        mentions.append(mention(of=of, words=_NAME, pattern=_WATCHED, start=at, band=band))
        at = whole.find(_NAME, at + 1)
    picked = Picker(of, Stance.INDEPENDENT, tuple(mentions)).pick(_WATCHED, kind)
    assert picked is not None
    return picked


def test_the_sentence_that_names_the_name_is_picked_whole() -> None:
    picked = _pick(f"It rained. {_NAME} opened a bakery. People came.")
    assert picked.sentence.text == f"{_NAME} opened a bakery."
    assert picked.form == _NAME
    assert not picked.sentence.cut


def test_the_sentence_with_a_status_goes_before_an_earlier_one() -> None:
    picked = _pick(f"{_NAME} keeps bees in the hills. On Friday {_NAME} was detained.")
    assert picked.sentence.text == f"On Friday {_NAME} was detained."
    assert [word.status.value for word in picked.status] == ["detention"]


def test_a_sentence_of_the_text_goes_before_the_headline() -> None:
    assert _pick(f"{_NAME} opened a bakery in Limanske.", title=f"{_NAME} bakes").sentence.text.endswith("Limanske.")


def test_the_headline_stands_where_nothing_else_names_the_name() -> None:
    assert _pick("A bakery was opened.", title=f"{_NAME} bakes").sentence.text == f"{_NAME} bakes"


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("The missing driver {} was found alive.", ["found"]),
        ("{}, missing since May, was found dead.", ["death"]),
        ("{}, who was detained in May, was released.", ["release", "detention"]),
        ("{} has been missing since May.", ["missing"]),
        ("{} died in hospital.", ["death", "hospital"]),
    ],
)
def test_a_sentence_that_tells_how_it_went_on_claims_the_end(text: str, claims: list[str]) -> None:
    assert [word.status.value for word in _pick(text.format(_NAME)).status] == claims


@pytest.mark.parametrize("kind", [Kind.BODY, Kind.PLACE])
def test_only_a_person_has_a_status(kind: Kind) -> None:
    assert _pick(f"{_NAME} was detained.", kind=kind).status == ()


def test_a_sure_mention_is_quoted_before_a_likely_one() -> None:
    picked = _pick(f"{_NAME} came. Later {_NAME} left.", bands=(Band.LIKELY, Band.SURE))
    assert picked.sentence.text == f"Later {_NAME} left."
    assert picked.band is Band.SURE


def _pick_mentions(text: str, *forms: tuple[str, Band, str]) -> Picked:
    of = article(title="", text=text)
    mentions = []
    at = 0
    for form, band, reason in forms:
        at = text.index(form, at)
        mentions.append(mention(of=of, words=form, pattern=_WATCHED, start=at, band=band, reason=Reason(key=reason)))
        at += len(form)
    picked = Picker(of, Stance.INDEPENDENT, tuple(mentions)).pick(_WATCHED, Kind.PERSON)
    assert picked is not None
    return picked


def test_form_and_reason_are_of_the_same_mention_the_fullest_in_the_sentence() -> None:
    picked = _pick_mentions(
        f"Bozdaliev, that is {_NAME}, came.",
        ("Bozdaliev", Band.SURE, "surname_anchored"),
        (_NAME, Band.SURE, "full_name"),
    )
    assert (picked.form, picked.mention.reason.key) == (_NAME, "full_name")


def test_a_sentence_with_the_surname_alone_gives_its_reason_and_the_band_of_the_surest_mention() -> None:
    picked = _pick_mentions(
        f"{_NAME} bakes bread. Bozdaliev was detained.",
        (_NAME, Band.SURE, "full_name"),
        ("Bozdaliev", Band.LIKELY, "surname_anchored"),
    )
    assert picked.sentence.text == "Bozdaliev was detained."
    assert (picked.form, picked.mention.reason.key, picked.band) == ("Bozdaliev", "surname_anchored", Band.SURE)


def test_what_the_next_sentence_says_of_the_man_is_quoted_with_his_name() -> None:
    picked = _pick(f"Officers came to the house of {_NAME}. The man was detained. It rained.")
    assert picked.sentence.text == f"Officers came to the house of {_NAME}. The man was detained."
    assert [word.status.value for word in picked.status] == ["detention"]


def test_among_them_is_quoted_with_what_they_are() -> None:
    text = f"It rained. Five of the nine people were freed. Among them {_NAME} and a farmer."
    assert _pick(text).sentence.text == f"Five of the nine people were freed. Among them {_NAME} and a farmer."


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        pytest.param(
            "Home of {} was searched, his wife said. Then the man was detained.", True, id="a status of nobody"
        ),
        pytest.param("Home of {} was searched, his wife said. Then Yunus Karasuvat was detained.", False, id="another"),
        pytest.param("Home of {} was searched, she said. She is detained until 1 May.", True, id="a day is no name"),
        pytest.param("Home of {} was searched, his wife said. It was a rainy day.", False, id="no status"),
        pytest.param("Home of {} was searched.\n\nThen the man was detained.", False, id="another paragraph"),
    ],
)
def test_what_happened_next_to_somebody_unnamed_is_quoted_and_not_claimed(text: str, follows: bool) -> None:
    picked = _pick(text.format(_NAME))
    assert ("detained" in picked.sentence.text) is follows
    assert "detention" not in [word.status.value for word in picked.status]


@pytest.mark.parametrize(
    ("text", "lead_in"),
    [
        pytest.param(
            "In court. These were held on Friday:\n\n1. Petro Koval\n\n2. {}", "These were held on Friday:", id="list"
        ),
        pytest.param("These were held:\n\n" + "A long line of prose. " * 9 + "\n\n2. {}", None, id="prose between"),
        pytest.param("Petro Koval: 3 years\n\n{}: 4 years", "Who got how much", id="a list and nothing else"),
        pytest.param("Petro Koval came. He is 30.\n\n{} came.", None, id="short prose"),
        pytest.param("These were held: {} and others.", None, id="one line"),
    ],
)
def test_what_a_list_is_of_stands_before_its_items(text: str, lead_in: str | None) -> None:
    of = article(title="Who got how much", text=text.format(_NAME))
    found = Picker(of, Stance.INDEPENDENT, ()).lead_in(full_text(of).index(_NAME))
    assert (found.text if found else None) == lead_in


def test_speech_that_a_sentence_would_cut_is_quoted_whole() -> None:
    picked = _pick(f"“It rained. Then {_NAME} came,” she said. We left.")
    assert picked.sentence.text == f"“It rained. Then {_NAME} came,” she said."


def test_a_name_that_is_not_in_the_article_has_no_sentence() -> None:
    of = article(title="", text="A bakery was opened.")
    assert Picker(of, Stance.UNKNOWN, ()).pick(_WATCHED, Kind.PERSON) is None
    beyond = mention(of=of, words=_NAME, pattern=_WATCHED, start=500)
    assert Picker(of, Stance.UNKNOWN, (beyond,)).pick(_WATCHED, Kind.PERSON) is None


@pytest.mark.parametrize(
    ("before", "after", "is_cut"),
    [
        pytest.param(100, 100, False, id="short enough"),
        pytest.param(0, 900, True, id="cut after the name"),
        pytest.param(900, 0, True, id="cut before the name"),
        pytest.param(900, 900, True, id="cut on both sides"),
        pytest.param(395, 900, True, id="the name across the cut"),
    ],
)
def test_a_very_long_sentence_is_cut_at_words_around_the_name(before: int, after: int, is_cut: bool) -> None:
    text = "a " * (before // 2) + _NAME + " b" * (after // 2)
    sentence = _pick(text).sentence
    assert sentence.cut is is_cut
    assert _NAME in sentence.text
    assert sentence.text in text
    assert len(sentence.text) <= 600


@pytest.mark.parametrize("filler", ["x" * 500_000, "слово " * 100_000, "\u202e" * 100_000])
def test_a_hostile_paragraph_gives_a_short_quotation_with_the_name(filler: str) -> None:
    text = f"{filler} {_NAME} {filler}"
    sentence = _pick(text).sentence
    assert _NAME in sentence.text
    assert sentence.text in text
    assert len(sentence.text) <= 700


def test_a_name_said_thousands_of_times_is_quoted_once() -> None:
    text = f"{_NAME} died. " * 4_000
    mentions = tuple(_mentions_of(text))
    picker = Picker(article(title="", text=text), Stance.UNKNOWN, mentions)
    picked = picker.pick(mentions[0].pattern, Kind.PERSON)
    assert picked is not None
    assert picked.at == 0


def _mentions_of(text: str) -> Iterator[Mention]:
    of = article(title="", text=text)
    first = mention(of=of, words=_NAME)
    step = len(f"{_NAME} died. ")
    yield from (replace(first, start=at, end=at + len(_NAME)) for at in range(0, len(text), step))


@given(st.text(max_size=900), st.text(max_size=900), st.text(max_size=60))
def test_whatever_the_text_the_quotation_stands_in_it_and_holds_the_name(before: str, after: str, title: str) -> None:
    text = f"{before}{_NAME}{after}"
    picked = _pick(text, title=title)
    assert picked.form == _NAME
    assert _NAME in picked.sentence.text
    assert picked.sentence.text in full_text(article(title=title, text=text))
