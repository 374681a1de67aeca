import re

import pytest

from digests.look import search_words
from digests.model import Article
from digests.names.fold import fold
from digests.store.articles import Articles
from digests.store.db import Database
from digests.store.search import Search
from digests.store.sources import Sources
from tests import builders as b

TEXTS = {
    "en": ("Old house", "Arslan Bozdaliev spoke in the old library of the town."),
    "uk": ("Суд", "Арслан Боздалієв залишив в'язницю, каже його адвокат О. Дорошчук."),
    "tr": ("Kırım'da", "Işıl Bozdali İstanbul'da konuştu; e-posta: kirim@haber.example, 1.000 kişi geldi."),
}


async def find(database: Database, words: str) -> list[str]:
    async with database.read() as tx:
        return [article.identity for article in await Search(tx).find(fold(words).split(), 10)]


@pytest.fixture(autouse=True)
async def _stored(database: Database) -> None:
    async with database.write() as tx:
        await Sources(tx).add(b.source())
        entries = [
            b.entry(identity=key, title=title, text=text, published_at=b.NOW.replace(day=i + 1), language=key)
            for i, (key, (title, text)) in enumerate(TEXTS.items())
        ]
        await Articles(tx).keep(b.source(), b.reading(*entries), now=b.NOW, silent=False)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("library", ["en"], id="a word of the text"),
        pytest.param("house", ["en"], id="a word of the title"),
        pytest.param("LIBR", ["en"], id="the beginning of a word, in any case"),
        pytest.param("brary", [], id="not the end of a word"),
        pytest.param("old town", ["en"], id="all words, in any order"),
        pytest.param("old prison", [], id="not some of the words"),
        pytest.param("боздал", ["uk"], id="Cyrillic"),
        pytest.param("вязниц", ["uk"], id="without its apostrophe"),
        pytest.param("в’язницю", ["uk"], id="with another apostrophe"),
        pytest.param("isil ISTANBULDA", ["tr"], id="Turkish letters without their dots"),
        pytest.param("Bozdali", ["tr", "en"], id="newest first"),
        pytest.param("kirim@haber.example", ["tr"], id="an address is its words"),
        pytest.param("e-posta", ["tr"], id="a hyphen parts words"),
        pytest.param("1.000", ["tr"], id="a number is its digits"),
        pytest.param("", [], id="nothing asked"),
        pytest.param("?!", [], id="no letters asked"),
    ],
)
async def test_search_finds_articles_that_hold_the_beginnings_of_all_words(
    database: Database, words: str, found: list[str]
) -> None:
    assert await find(database, words) == found


@pytest.mark.parametrize(
    "words",
    [
        *('"', "'", "(", ":*", "\\", "%", "^old", "{x}", "\x00old", "old*", "a' OR '1'='1", "old -- town"),
        *("old NOT library", "old AND", "folded:old", "NEAR(old town)", "old & | !"),
    ],
)
async def test_no_asked_word_is_read_as_an_operator(database: Database, words: str) -> None:
    assert await find(database, words) == await find(database, re.sub(r"\W+", " ", words))


async def test_operators_are_searched_as_words(database: Database) -> None:
    assert await find(database, "old NOT library") == []
    assert await find(database, "old OR library") == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param('"old library"', ["en"], id="a phrase"),
        pytest.param('"old libr"', ["en"], id="its last word is a beginning"),
        pytest.param('"library old"', [], id="not in another order"),
        pytest.param('"OLD house" town', ["en"], id="a phrase of the title, and a word"),
        pytest.param("«old town»", [], id="words between are no phrase"),
        pytest.param("bozdali lang:tr", ["tr"], id="a language"),
        pytest.param("bozdali outlet:steppe", ["tr", "en"], id="an outlet by its beginning"),
        pytest.param("bozdali outlet:harbour", [], id="another outlet"),
        pytest.param("bozdali since:2026-11-03", ["tr"], id="from a day on"),
        pytest.param("bozdali until:2026-11-02", ["en"], id="up to a day, that day within"),
        pytest.param("bozdali since:yesterday", [], id="what is no day is a word"),
        pytest.param("lang:tr", [], id="no words asked"),
        pytest.param('"?!" bozdali', ["tr", "en"], id="a phrase without letters is none"),
        pytest.param("bozdali lang:' OR 1=1", [], id="a filter is data"),
    ],
)
async def test_what_is_asked_for_can_be_narrowed_down(database: Database, asked: str, found: list[str]) -> None:
    async with database.read() as tx:
        sentences = await search_words(tx, asked, limit=10)
    assert [sentence.url for sentence in sentences] == [f"https://steppe-post.example/{key}" for key in found]


async def test_with_any_takes_whole_keys_only(database: Database) -> None:
    async with database.read() as tx:
        search = Search(tx)
        assert [a.identity for a in await search.with_any(["library", "nowhere"], 10)] == ["en"]
        assert await search.with_any(["librar"], 10) == ()
        assert await search.with_any([], 10) == ()


async def test_a_name_is_found_by_its_keys_whatever_the_script(database: Database) -> None:
    from digests.names.match import candidate_keys

    async with database.read() as tx:
        found = await Search(tx).with_any(candidate_keys(b.pattern("Arslan Bozdaliev")), 10)
    assert {article.identity for article in found} >= {"en", "uk"}


async def test_no_more_than_the_limit_come_back(database: Database) -> None:
    async with database.read() as tx:
        found: tuple[Article, ...] = await Search(tx).find(["bozdali"], 1)
    assert [article.identity for article in found] == ["tr"]


async def test_a_deleted_article_is_found_no_more(database: Database) -> None:
    from sqlalchemy import delete

    from digests.store.tables import articles

    async with database.write() as tx:
        await tx.execute(delete(articles).where(articles.c.identity == "en"))
    assert await find(database, "library") == []
    assert await find(database, "konustu") == ["tr"]


async def test_a_text_beyond_what_an_index_holds_is_kept_and_found_by_its_beginning(database: Database) -> None:
    # A thousand thousand different words: more than PostgreSQL takes into one entry.
    text = "beginning " + " ".join(f"слово{i}" for i in range(200_000))
    async with database.write() as tx:
        await Articles(tx).keep(b.source(), b.reading(b.entry(identity="long", text=text)), now=b.NOW, silent=False)
    assert await find(database, "beginning слово77") == ["long"]
