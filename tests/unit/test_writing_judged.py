"""What a chat said is about somebody else is not told of that name, and of every other name it is."""

from dataclasses import replace

from digests.model import ListId, pattern_of
from digests.writing.judged import without_others
from tests import builders as b

HIM, HER = b.watched_name("Arslan Bozdaliev"), b.watched_name("Halyna Vitrolom")
NAMES = tuple((pattern_of(name).id, name) for name in (HIM, HER))
TELLING = b.telling(
    mentions=tuple(b.mention(pattern=pattern) for pattern, _ in NAMES),
    news=b.news(names=tuple(pattern for pattern, _ in NAMES)),
)
ARTICLE = TELLING.article.id


def test_the_judged_name_is_taken_out_of_mentions_and_news_and_the_other_stays() -> None:
    watching = b.watching(names=NAMES, others=((ARTICLE, HIM.id),))
    (told,) = without_others(watching, [TELLING])
    assert [mention.pattern for mention in told.mentions] == [pattern_of(HER).id]
    assert told.news is not None
    assert told.news.names == (pattern_of(HER).id,)


def test_another_article_and_a_chat_without_judgements_are_left_as_they_are() -> None:
    other = replace(TELLING, article=b.article(identity="https://steppe-post.example/2"))
    watching = b.watching(names=NAMES, others=((ARTICLE, HIM.id),))
    assert without_others(watching, [other]) == (other,)
    assert without_others(b.watching(names=NAMES), [TELLING]) == (TELLING,)


def test_a_name_that_another_list_of_the_chat_holds_as_well_stays() -> None:
    shared = replace(HIM, id=b.watched_name("x").id, list=ListId("shared"))
    watching = b.watching(names=(*NAMES, (pattern_of(HIM).id, shared)), others=((ARTICLE, HIM.id),))
    assert without_others(watching, [TELLING]) == (TELLING,)
