"""Articles that are placed, with the names found in them."""

from datetime import timedelta
from typing import Any

from digests.model import Article, Found, PatternId, full_text
from digests.stories.placer import Placed, Placer
from tests.builders import NOW, article, mention

ARREST = (
    "Arslan Bozdaliev, a beekeeper from Tash-Koy, was detained on Friday morning after a search of his house, "
    "neighbours said. Six officers came at five and took two computers away.\n\n"
    "His sister Elvira said that nobody had shown a warrant. She was told to wait at the district police station.\n\n"
    "The bees will be looked after by the neighbours until he is back, she added."
)
ARREST_UK = (
    "Арслана Боздалієва, пасічника з Таш-Коя, затримали у п’ятницю вранці після обшуку в його будинку, кажуть сусіди. "
    "Шестеро силовиків прийшли о п’ятій і забрали два комп’ютери.\n\n"
    "Його сестра Ельвіра сказала, що ордера ніхто не показав."
)
COURT = (
    "A court in Limanske sent Arslan Bozdaliev, the beekeeper from Tash-Koy, to pre-trial detention until 20 January. "
    "The hearing was closed.\n\nHis sister Elvira waited outside for six hours."
)
FIRE = (
    "A warehouse burned down in Limanske on Friday night. Forty firefighters worked until morning and nobody was "
    "hurt.\n\nThe owner, Oleh Stepovyk, said that the loss was great."
)


def an_article(number: int, text: str, *, hours: float = 0, **given: Any) -> Article:
    """Return an article of an outlet of its own, so many hours from now."""
    at = NOW + timedelta(hours=hours)
    fields = {"title": "", "language": "en", "outlet": f"Outlet {number}", "published_at": at, "fetched_at": at}
    return article(identity=f"https://outlet.example/{number}", text=text, **{**fields, **given})


def found_in(of: Article, *forms: str) -> Found:
    """Return the watched man where a text prints one of these forms."""
    text = full_text(of)
    mentions = (mention(of=of, words=form, pattern=PatternId("bozdaliev")) for form in forms if form in text)
    return Found(article=of.id, mentions=tuple(mentions))


def place(placer: Placer, of: Article) -> Placed:
    """Place an article with the man found in it."""
    return placer.place(of, found_in(of, "Arslan Bozdaliev", "Арслана Боздалієва"))
