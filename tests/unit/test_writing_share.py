from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from digests.model import Item, NewsId, Recalled, Sentence, Stance, Status, StatusWord
from digests.writing.share import share_sentences, unique
from tests.builders import NOW, item, named, sentence

_HELD = StatusWord(status=Status.DETENTION)


def _item(label: str, *texts: str, status: tuple[StatusWord, ...] = (), **given: Any) -> Item:
    said = unique(sentence(text) for text in texts)
    return item(names=(named(label, status=status),), sentences=said, status=status, **given)


def _shown(*items: Item) -> list[tuple[list[str], list[str]]]:
    shared = share_sentences(items)
    return [([n.label for n in one.names], [s.text for s in one.sentences]) for one in shared]


def test_a_name_whose_first_sentence_stands_above_joins_the_item_there() -> None:
    assert _shown(_item("Arslan", "A and B.", "A."), _item("Halyna", "A and B.", "B told of it.")) == [
        (["Arslan", "Halyna"], ["A and B.", "A."])
    ]


def test_what_is_claimed_of_a_joining_name_stays_quoted() -> None:
    assert _shown(_item("Arslan", "A and B."), _item("Halyna", "A and B.", "B was held.", status=(_HELD,))) == [
        (["Arslan", "Halyna"], ["A and B.", "B was held."])
    ]


def test_an_opening_that_stands_above_is_left_out_of_the_next_item() -> None:
    assert _shown(_item("Arslan", "A.", "It began."), _item("Halyna", "B.", "It began.")) == [
        (["Arslan"], ["A.", "It began."]),
        (["Halyna"], ["B."]),
    ]


def test_no_status_goes_with_a_repeated_sentence() -> None:
    above = _item("Arslan", "A.", "A and B were held.")
    assert _shown(above, _item("Halyna", "B.", "A and B were held.", status=(_HELD,))) == [
        (["Arslan", "Halyna"], ["A.", "A and B were held.", "B."])
    ]


def test_a_longer_quotation_takes_the_place_of_the_sentence_in_it() -> None:
    assert _shown(_item("Arslan", "A came."), _item("Halyna", "A came. She left.")) == [
        (["Arslan", "Halyna"], ["A came. She left."])
    ]


def test_what_is_only_recalled_quotes_nothing() -> None:
    assert len(_shown(_item("Arslan", "A and B.", only_recalled=True), _item("Halyna", "A and B."))) == 2


def test_names_recalled_by_one_alert_share_a_line() -> None:
    recalled = [_item(label, "A and B.", only_recalled=True) for label in ("Arslan", "Halyna")]
    assert [names for names, _ in _shown(*recalled)] == [["Arslan", "Halyna"]]


def _line(news: str, *status: StatusWord) -> Recalled:
    at = NOW - timedelta(hours=1)
    url = "https://steppe.example/1"
    return Recalled(news=NewsId(news), status=status, told_at=at, outlet="Post", url=url, stance=Stance.UNKNOWN)


def test_names_that_were_alerted_otherwise_are_recalled_apart() -> None:
    held = _item("Arslan", "A and B.", only_recalled=True, recalled=(_line("n1", _HELD),))
    free = _item("Halyna", "A and B.", only_recalled=True, recalled=(_line("n1"),))
    assert [names for names, _ in _shown(held, free)] == [["Arslan"], ["Halyna"]]


def test_what_an_alert_claimed_of_one_name_is_not_recalled_of_another() -> None:
    held = _item("Arslan", "A and B.", recalled=(_line("n1", _HELD), _line("n2", _HELD), _line("n3", _HELD)))
    free = _item("Halyna", "A and B.", recalled=(_line("n1"), _line("n3", _HELD)))
    [together] = share_sentences([held, free])
    assert [(line.news, line.status, line.of) for line in together.recalled] == [
        ("n1", (_HELD,), ("Arslan",)),
        ("n2", (_HELD,), ("Arslan",)),
        ("n3", (_HELD,), ()),
    ]


def test_what_was_claimed_of_some_of_several_names_stays_theirs_when_another_joins() -> None:
    some = replace(_line("n1", _HELD), of=("Arslan",))
    held = _item("Arslan", "A and B.", recalled=(some,))
    free, other = _item("Halyna", "A and B.", recalled=(_line("n1"),)), _item("Yunus", "A and B.")
    [together] = share_sentences([held, free, other])
    assert [(line.status, line.of) for line in together.recalled] == [((_HELD,), ("Arslan",))]


def test_what_was_claimed_of_some_and_of_another_is_recalled_of_nobody() -> None:
    some = replace(_line("n1", _HELD), of=("Arslan",))
    [together] = share_sentences(
        [_item("Arslan", "A and B.", recalled=(some,)), _item("Halyna", "A and B.", recalled=(_line("n1", _HELD),))]
    )
    assert [(line.status, line.of) for line in together.recalled] == [((), ())]


def test_a_sentence_inside_another_is_left_out() -> None:
    long, short = sentence("A came. B left."), sentence("B left.")
    assert unique((short, long, short)) == (long,)


_ITEMS = st.lists(
    st.builds(
        _item,
        st.sampled_from(["Arslan", "Halyna", "Yunus"]),
        *[st.sampled_from(["A.", "A. B.", "B.", "C.", "B. C."])] * 2,
        status=st.sampled_from([(), (_HELD,)]),
    ),
    max_size=6,
)


@given(_ITEMS)
def test_no_sentence_is_printed_twice_and_no_name_is_lost(items: list[Item]) -> None:
    shared = share_sentences(items)
    said: list[Sentence] = [s for one in shared for s in one.sentences]
    assert len(said) == len(set(said))
    assert all(one.sentences for one in shared)
    assert {n.label for one in shared for n in one.names} == {n.label for one in items for n in one.names}
    for one in items:
        holder = [two for two in shared if any(one.sentences[0].text in s.text for s in two.sentences)]
        assert any(one.names[0].label in [n.label for n in two.names] for two in holder)
