"""The stories room as a whole: articles in, their stories and news out; it remembers a window of the stream."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from digests.model import Article, ArticleId, Found, News, PatternId, Placement, Reason, StoryId
from digests.stories.copies import PROBES, CopyIndex
from digests.stories.features import Features, features
from digests.stories.news import CAME_ABOUT, Told, find_adds, make_news
from digests.stories.place import StoryIndex, place

_WINDOW = timedelta(days=30)
# Rarity is learnt from everything; past so many different words old texts are made to weigh half.
_MOST_WORDS = 200_000
# Past so many articles, or so much memory for them, the window is shortened, whatever its days: 64 MB are some 6,000
# short notes, or 3,200 articles of two thousand letters.
MOST_ARTICLES = 15_000
_MOST_BYTES = 64 << 20
# An article that names somebody watched stays so much longer then: only of such is anything told, or told twice.
_STAYS_LONGER = timedelta(days=10)
_KEPT_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What became of one article.

    Attributes:
        news: None for a copy, a repeat, or when nobody watched is named.
        adds: What the article adds to its story, whoever is named; None for nothing.
        features: To be stored, so that `Placer.remember` can rebuild the memory.
        title: The article's headline: the title of a story that it opens.
    """

    placement: Placement
    news: News | None
    adds: Reason | None
    features: Features
    title: str


class _Kept(NamedTuple):
    story: StoryId
    at: datetime
    size: int
    names_somebody: bool


class Placer:
    """Puts each article into its story; its answers rest on the articles it has seen, in the order it saw them."""

    def __init__(
        self,
        *,
        window: timedelta = _WINDOW,
        most_articles: int = MOST_ARTICLES,
        most_bytes: int = _MOST_BYTES,
    ) -> None:
        self._window = window
        self._most_articles = most_articles
        self._most_bytes = most_bytes
        self._held = 0
        self._stories = StoryIndex()
        self._copies = CopyIndex()
        self._told: dict[StoryId, Told] = {}
        self._articles: dict[ArticleId, _Kept] = {}
        self._paragraphs: dict[int, tuple[StoryId, datetime]] = {}
        self._boilerplate: dict[int, datetime] = {}
        self._swept_at: datetime | None = None

    def __len__(self) -> int:
        """Return how many articles are remembered."""
        return len(self._articles)

    @property
    def held(self) -> int:
        """About how many bytes the remembered articles take."""
        return self._held

    def place(self, article: Article, found: Found) -> Placed:
        """Return the article's story and news, and remember it."""
        known = features(article, found, boilerplate=self._boilerplate)
        placement = self._placement(article, known)
        self._join(placement)
        told = self._told.get(placement.story, Told())
        adds = find_adds(known, placement, told, is_edition=article.revises is not None)
        news = make_news(article, known, placement, adds, told)
        self.remember(known, placement, news)
        return Placed(placement=placement, news=news, adds=adds, features=known, title=known.title)

    def remember(self, known: Features, placement: Placement, news: News | None) -> None:
        """Take in an article placed before; call it oldest first."""
        size = _bytes(known)
        self._sweep(known.at, size)
        self._join(placement)
        self._copies.add(known, placement.copy_of)
        self._stories.add(known, placement.story, is_parted=placement.reason.key == "parted")
        told = self._told.setdefault(placement.story, Told())
        told.add(known, is_news=news is not None, came_about=placement.reason.key == CAME_ABOUT)
        before = self._articles.get(known.article)
        self._held += size - (0 if before is None else before.size)
        self._articles[known.article] = _Kept(placement.story, known.at, size, bool(known.names))
        self._learn_paragraphs(known, placement.story)

    def know_as(self, name: PatternId, before: PatternId, story: StoryId) -> None:
        """Let a name whose pattern was changed keep an open story, and what was told in it."""
        self._stories.know_as(name, before, story)
        if story in self._told:
            self._told[story].know_as(name, before)

    def forget(self, before: datetime) -> None:
        """Drop what was published before an instant, and stories that had nothing since."""
        self._keep({article: kept for article, kept in self._articles.items() if kept.at >= before})
        self._paragraphs = {one: seen for one, seen in self._paragraphs.items() if seen[1] >= before}
        self._boilerplate = {one: at for one, at in self._boilerplate.items() if at >= before}

    def _keep(self, articles: dict[ArticleId, _Kept]) -> None:
        """Drop all other articles, and stories that have none of these."""
        stories = {kept.story for kept in articles.values()}
        self._articles, self._held = articles, sum(kept.size for kept in articles.values())
        self._copies.keep(articles)
        self._stories.keep(stories)
        self._told = {story: told for story, told in self._told.items() if story in stories}
        self._paragraphs = {one: seen for one, seen in self._paragraphs.items() if seen[0] in stories}
        while len(self._stories.word_rarity) > _MOST_WORDS:
            self._stories.word_rarity.forget()
            self._stories.key_rarity.forget()

    def _join(self, placement: Placement) -> None:
        """Let the articles of a story that is shown to be this one belong to it."""
        story, gone = placement.story, placement.joins
        if gone is None or self._stories.get(gone) is None:
            return
        self._stories.join(gone, story)
        self._told.setdefault(story, Told()).take_in(self._told.pop(gone, Told()))
        self._articles = {
            one: kept._replace(story=story) if kept.story == gone else kept for one, kept in self._articles.items()
        }
        self._paragraphs = {one: (story if of == gone else of, at) for one, (of, at) in self._paragraphs.items()}

    def _learn_paragraphs(self, known: Features, story: StoryId) -> None:
        """Note which paragraphs stand in the texts of two stories: an outlet prints them under everything."""
        for one in known.paragraphs:
            seen = self._paragraphs.get(one)
            if one in self._boilerplate or (seen is not None and seen[0] != story):
                self._boilerplate[one] = known.at
            self._paragraphs[one] = (story if seen is None else seen[0], known.at)

    def _placement(self, article: Article, known: Features) -> Placement:
        original = self._copies.find_original(known, self._stories.word_rarity)
        if original is not None and original in self._articles:
            story = self._articles[original].story
            if not known.is_ahead and original in self._told[story].ahead:
                # What was to come, told in the same words as having come, is no copy.
                return Placement(article=article.id, story=story, is_new=False, reason=Reason(key=CAME_ABOUT))
            return Placement(article=article.id, story=story, is_new=False, reason=Reason(key="copy"), copy_of=original)
        if article.revises is not None and article.revises in self._articles:
            story = self._articles[article.revises].story
            return Placement(article=article.id, story=story, is_new=False, reason=Reason(key="edition"))
        return place(known, self._stories)

    def _sweep(self, at: datetime, more: int) -> None:
        """Forget what left the window, once for each tenth of it that went by, and the oldest where it is too much."""
        if self._swept_at is None or at - self._swept_at > self._window / 10:
            if self._swept_at is not None:
                self.forget(at - self._window)
            self._swept_at = at
        if len(self._articles) >= self._most_articles or self._held + more > self._most_bytes:
            self._shorten(more)

    def _shorten(self, more: int) -> None:
        """Forget the oldest articles, a fifth of what may be kept at least: looking for them takes its time."""
        articles = int(_KEPT_SHARE * self._most_articles)
        room = min(int(_KEPT_SHARE * self._most_bytes), self._most_bytes - more)
        ranked, left = sorted(self._articles.items(), key=_stays), dict[ArticleId, _Kept]()
        while ranked and articles > 0 and (room := room - ranked[-1][1].size) >= 0:
            article, kept = ranked.pop()  # of one instant the last read stay
            left[article], articles = kept, articles - 1
        self._keep(left)


def _stays(pair: tuple[ArticleId, _Kept]) -> datetime:
    kept = pair[1]
    return kept.at + _STAYS_LONGER if kept.names_somebody else kept.at


def _bytes(known: Features) -> int:
    """Return about how much memory a remembered article takes, its share of its story included.

    Measured on English news of 2,000 and of 7,000 letters, 20 kB and 23 kB each. What leads to it takes most.
    """
    return (
        _OF_EACH
        + _OF_A_PROBE * min(len(known.shingles), PROBES)
        + _OF_A_ROW * (len(known.shingles) + len(known.heads))
        + _OF_A_WORD * len(known.words)
        + _OF_A_KEY * len(known.keys)
        + _OF_A_PARAGRAPH * len(known.paragraphs)
    )


_OF_EACH, _OF_A_PROBE, _OF_A_ROW, _OF_A_WORD, _OF_A_KEY, _OF_A_PARAGRAPH = 5_000, 100, 4, 24, 40, 110
