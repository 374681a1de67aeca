"""What day a text says, in six languages, and how the days of a name are gathered."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import ArticleId, Sentence, Stance, full_text
from digests.writing.brief import Saying, brief
from digests.writing.dates import resolve_dates
from digests.writing.timeline import sayings, timeline
from tests import builders as b

READ_ON = date(2024, 11, 20)  # a Wednesday
_ROWS = [
    line.split("\t")
    for line in (Path(__file__).parents[1] / "cases/dates.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("language", "text", "days"), [pytest.param(*row, id=key) for key, *row in _ROWS])
def test_a_text_says_these_days(language: str, text: str, days: str) -> None:
    said = resolve_dates(text, published=READ_ON, language=language)
    assert [str(each.day) for each in said] == ([] if days == "-" else days.split())


@given(
    st.text(alphabet="12 3.4MarchсередаJan/-\nyesterday agodзавтра", max_size=200), st.sampled_from(["en", "uk", None])
)
def test_whatever_the_text_days_stand_in_order_within_it_and_do_not_overlap(text: str, language: str | None) -> None:
    said = resolve_dates(text, published=READ_ON, language=language)
    edges = [edge for each in said for edge in (each.start, each.end)]
    assert edges == sorted(edges)
    assert all(0 <= each.start < each.end <= len(text) for each in said)


def _saying(text: str, published: date, *, article: str = "", place: int = 0) -> Saying:
    at = datetime.combine(published, datetime.min.time(), UTC)
    sentence = Sentence(
        text=text,
        article=ArticleId(article or text),
        url="",
        outlet=article or text,
        stance=Stance.UNKNOWN,
        language="en",
        published_at=at,
        fetched_at=at,
    )
    days = tuple(each.day for each in resolve_dates(text, published=published, language="en"))
    return Saying(sentence=sentence, published=published, days=days, place=place)


def test_a_day_that_many_still_say_later_goes_before_one_said_once() -> None:
    found = [
        _saying("Bozdaliev was detained on 1 March 2024 at home in the village.", date(2024, 3, 2)),
        _saying("Bozdaliev, detained on 1 March 2024, was moved to another prison.", date(2024, 5, 2)),
        _saying("Bozdaliev received a parcel on 9 April 2024 from his family there.", date(2024, 4, 10)),
    ]

    events = timeline(found, limit=1)

    assert [event.day for event in events] == [date(2024, 3, 1)]
    assert events[0].sentence == found[0].sentence
    assert len(events[0].outlets) == 2


def test_a_day_no_text_says_is_that_of_publication_and_comes_only_where_room_is() -> None:
    said = _saying("Bozdaliev was detained on 1 March 2024 at home in the village.", date(2024, 3, 2))
    unsaid = _saying("The lawyer of Bozdaliev was not let in to see him again.", date(2024, 4, 2))

    assert [event.said for event in timeline([unsaid, said], limit=1)] == [True]
    assert [(event.day, event.said) for event in timeline([unsaid, said], limit=5)] == [
        (date(2024, 3, 1), True),
        (date(2024, 4, 2), False),
    ]


def test_days_before_or_after_what_was_asked_are_left_out() -> None:
    found = [
        _saying(f"Bozdaliev was heard on {day} March 2024 in the town court.", date(2024, 3, 28)) for day in (1, 9)
    ]

    assert [event.day.day for event in timeline(found, limit=9, since=date(2024, 3, 5))] == [9]
    assert timeline(found, limit=0) == ()


def test_only_sentences_that_name_the_name_date_it() -> None:
    article = b.article(
        language="en",
        text="The mill was built on 1 May 1950. Arslan Bozdaliev was heard on 12 March 2024. It rained yesterday.",
    )
    start = full_text(article).rindex("Arslan")
    found = list(sayings(article, [b.mention(start=start, end=start + 6)], published=READ_ON))

    assert [saying.days for saying in found] == [(date(2024, 3, 12),)]
    assert found[0].sentence.text == "Arslan Bozdaliev was heard on 12 March 2024."


def test_a_day_in_few_words_takes_what_several_articles_say_and_says_nothing_twice() -> None:
    day = date(2024, 11, 20)
    found = [
        _saying("Bozdaliev was moved to the northern prison, his lawyer said.", day, article="one"),
        _saying("Guards moved Bozdaliev to the northern prison on Wednesday, a lawyer said.", day, article="two"),
        _saying(
            "A film about fishing with Bozdaliev was shown abroad long ago.", day - timedelta(days=1), article="three"
        ),
    ]

    told = brief(found, day, limit_words=30)

    assert "northern prison" in told[0].text
    assert sum("northern prison" in sentence.text for sentence in told) == 1
    assert brief(reversed(found), day, limit_words=30) == told
    assert brief([], day, limit_words=30) == ()
