"""Full valid values: a test gives only what it is about, everything else stands here.

All people are invented. Ids follow from the values, so two builders given the same build the same.
"""

from dataclasses import fields
from datetime import timedelta
from typing import Any, TypeVar

from digests.model import (
    Alert,
    Article,
    ArticleId,
    Band,
    Chat,
    ChatId,
    Coverage,
    Delivery,
    DeliveryId,
    DeliveryKind,
    Digest,
    DigestId,
    Entry,
    Found,
    Item,
    Kind,
    LaneId,
    ListId,
    Mention,
    Named,
    NameId,
    News,
    NewsId,
    Notice,
    OutletLink,
    Pattern,
    PatternId,
    Placement,
    Reading,
    Reason,
    Sentence,
    Source,
    SourceId,
    Span,
    Spelling,
    Stance,
    Status,
    StatusWord,
    StoryId,
    Subscription,
    SubscriptionId,
    SubscriptionKind,
    Telling,
    WatchedName,
    Watching,
    WatchList,
    Wish,
    full_text,
    make_id,
    pattern_of,
)
from tests.fakes.clock import START

KEY = "a key that is long enough"
NOW = START
"""Monday 23 November 2026, 12:32 UTC: where every test's clock begins."""

LANE = LaneId("telegram:1")
TITLE = "Arslan Bozdaliev moved to another prison"
TEXT = (
    "Arslan Bozdaliev was moved to another prison on Friday, his lawyer said.\n\n"
    "The lawyer had asked for a doctor twice. The prison did not answer."
)

_T = TypeVar("_T")
_SENTENCE = "Arslan Bozdaliev was moved to another prison on Friday, his lawyer said."


def source(**given: Any) -> Source:
    """Return an enabled feed, not read yet."""
    address = given.get("address", "https://steppe-post.example/rss")
    kind = given.get("kind", "feed")
    return _build(
        Source,
        given,
        id=SourceId(make_id(kind, address)),
        kind=kind,
        address=address,
        title="Steppe Post",
        language="en",
        outlet="Steppe Post",
        stance=Stance.INDEPENDENT,
        next_poll_at=NOW,
    )


def entry(**given: Any) -> Entry:
    """Return one text as a reader gives it; its address follows from its identity."""
    identity = given.get("identity", "https://steppe-post.example/1")
    return _build(
        Entry,
        given,
        identity=identity,
        url=identity if "://" in identity else f"https://steppe-post.example/{identity}",
        title=TITLE,
        text=TEXT,
        published_at=NOW - timedelta(minutes=10),
        language="en",
    )


def reading(*entries: Entry, **given: Any) -> Reading:
    """Return one read of a source that found these entries."""
    return _build(Reading, given, entries=entries, validators=(("etag", '"1"'),), title="Steppe Post")


def article(**given: Any) -> Article:
    """Return an English article on Arslan Bozdaliev; its id follows from source, identity and edition."""
    origin = given.get("source", source().id)
    identity = given.get("identity", "https://steppe-post.example/1")
    edition = given.get("edition", 0)
    return _build(
        Article,
        given,
        id=ArticleId(make_id(origin, identity, str(edition))),
        source=origin,
        identity=identity,
        edition=edition,
        url=identity if "://" in identity else f"https://steppe-post.example/{identity}",
        outlet="Steppe Post",
        stance=Stance.INDEPENDENT,
        title=TITLE,
        text=TEXT,
        language="en",
        published_at=NOW - timedelta(minutes=10),
        fetched_at=NOW,
    )


def spelling(text: str = "Arslan Bozdaliev", **given: Any) -> Spelling:
    """Return an active Latin spelling that a person typed."""
    return _build(Spelling, given, text=text)


def watched_name(label: str = "Arslan Bozdaliev", **given: Any) -> WatchedName:
    """Return a watched person spelt as labelled, on the list of `chat()`."""
    owner = given.get("list", ListId(make_id("list", chat().id)))
    return _build(
        WatchedName,
        given,
        id=NameId(make_id("name", owner, label)),
        list=owner,
        kind=Kind.PERSON,
        label=label,
        spellings=(spelling(label),),
    )


def pattern(label: str = "Arslan Bozdaliev", **given: Any) -> Pattern:
    """Return the pattern of `watched_name(label)`."""
    return pattern_of(watched_name(label, **given))


def mention(**given: Any) -> Mention:
    """Return a sure mention: of `words` (default "Arslan Bozdaliev") in `of` (default `article()`), where they stand.

    `words` and `of` are for the builder; every field of a Mention may be given besides.
    """
    given = dict(given)
    of = given.pop("of", article())
    words = given.pop("words", "Arslan Bozdaliev")
    start = given.get("start", max(full_text(of).find(words), 0))
    return _build(
        Mention,
        given,
        pattern=pattern(words).id,
        article=of.id,
        start=start,
        end=start + len(words),
        score=1.0,
        band=Band.SURE,
        reason=Reason(key="same"),
        matched_with="1",
    )


def found(*mentions: Mention, **given: Any) -> Found:
    """Return what the names room says of `article()`: these mentions, by default the one of Arslan Bozdaliev."""
    kept = mentions or (mention(),)
    return _build(Found, given, article=kept[0].article, mentions=kept)


def placement(**given: Any) -> Placement:
    """Return that `article()` opens a story of its own."""
    which = given.get("article", article().id)
    return _build(
        Placement,
        given,
        article=which,
        story=StoryId(make_id("story", which)),
        is_new=True,
        reason=Reason(key="new"),
    )


def news(**given: Any) -> News:
    """Return the first news of a story: that Arslan Bozdaliev was transferred."""
    which = given.get("article", article().id)
    return _build(
        News,
        given,
        id=NewsId(make_id("news", which)),
        story=StoryId(make_id("story", which)),
        article=which,
        names=(pattern().id,),
        status=(StatusWord(status=Status.TRANSFER),),
        adds=Reason(key="first"),
        at=NOW,
    )


def chat(**given: Any) -> Chat:
    """Return a private English Telegram chat in Kyiv's zone without quiet hours."""
    key = given.get("key", "telegram:1001")
    return _build(Chat, given, id=ChatId(make_id("chat", key)), key=key, quiet=None)


def watch_list(**given: Any) -> WatchList:
    """Return the own list of `chat()`."""
    owner = given.get("owner", chat().id)
    return _build(WatchList, given, id=ListId(make_id("list", owner or "")), owner=owner, title="")


def subscription(**given: Any) -> Subscription:
    """Return a daily digest at 08:00, answered up to now and due tomorrow."""
    owner = given.get("chat", chat().id)
    kind = given.get("kind", SubscriptionKind.DIGEST)
    when = given.get("when", "daily 08:00")
    return _build(
        Subscription,
        given,
        id=SubscriptionId(make_id(owner, kind, when)),
        chat=owner,
        kind=kind,
        when=when,
        since=NOW,
        next_due_at=None if kind is SubscriptionKind.ALERTS else NOW + timedelta(hours=17, minutes=28),
    )


def wish(**given: Any) -> Wish:
    """Return that `chat()` wants nothing special of `watched_name()`."""
    return _build(Wish, given, chat=chat().id, name=watched_name().id)


def delivery(**given: Any) -> Delivery:
    """Return an alert ready to go to `chat()` now; give `id` where a test needs several."""
    to = given.get("chat", chat().id)
    of = given.get("of", DeliveryKind.ALERT)
    return _build(
        Delivery,
        given,
        id=DeliveryId(make_id("delivery", to, of)),
        chat=to,
        of=of,
        lane=LANE,
        created_at=NOW,
        not_before=NOW,
        content='{"kind": "notice", "value": {"key": "notice.hello", "fields": []}}',
    )


def sentence(
    text: str = "Arslan Bozdaliev was moved to another prison on Friday, his lawyer said.", **given: Any
) -> Sentence:
    """Return a sentence of `of` (default `article()`), whose place and time it carries."""
    given = dict(given)
    of = given.pop("of", article())
    return _build(
        Sentence,
        given,
        text=text,
        article=of.id,
        url=of.url,
        outlet=of.outlet,
        stance=Stance.INDEPENDENT,
        language=of.language,
        published_at=of.published_at,
        fetched_at=of.fetched_at,
    )


def named(label: str = "Arslan Bozdaliev", **given: Any) -> Named:
    """Return a watched name as an item claims it, printed as labelled."""
    name = watched_name(label)
    return _build(
        Named,
        given,
        name=name.id,
        pattern=pattern_of(name).id,
        label=label,
        form=label,
        band=Band.SURE,
        reason=Reason(key="same"),
    )


def item(**given: Any) -> Item:
    """Return one story on Arslan Bozdaliev with one sentence of one outlet."""
    of = article()
    return _build(
        Item,
        given,
        story=StoryId(make_id("story", of.id)),
        news=(NewsId(make_id("news", of.id)),),
        names=(named(status=(StatusWord(status=Status.TRANSFER),)),),
        status=(StatusWord(status=Status.TRANSFER),),
        sentences=(sentence(),),
        outlets=(OutletLink(outlet=of.outlet, url=of.url, stance=Stance.INDEPENDENT, at=of.at),),
    )


def alert(**given: Any) -> Alert:
    """Return the alert of `item()` for `chat()`."""
    told = given.get("item", item())
    return _build(Alert, given, chat=chat().id, slot=f"alert-{told.news[0]}", at=NOW, item=told)


def digest(*items: Item, **given: Any) -> Digest:
    """Return a day's digest for `chat()` of these items, by default `item()`; give `items=()` for an empty one."""
    to = given.get("chat", chat().id)
    slot = given.get("slot", "daily-2026-11-23@14:32")
    return _build(
        Digest,
        given,
        id=DigestId(make_id(to, slot)),
        chat=to,
        slot=slot,
        since=NOW - timedelta(days=1),
        until=NOW,
        items=items or (item(),),
        watched=1,
        coverage=Coverage(articles=41, sources_read=3, sources=3),
    )


def notice(key: str = "notice.hello", **given: Any) -> Notice:
    """Return a message about Haberdar itself."""
    return _build(Notice, given, key=key)


def telling(**given: Any) -> Telling:
    """Return `article()` in its story with its mention and its news, not told yet.

    Everything follows from `article` where that is given; pass `news=None` for a repeat.
    """
    of = given.get("article", article())
    return _build(
        Telling,
        given,
        article=of,
        story=StoryId(make_id("story", of.id)),
        stance=Stance.INDEPENDENT,
        mentions=(mention(of=of),),
        news=news(article=of.id, story=given.get("story", StoryId(make_id("story", of.id)))),
    )


def watching(*names: WatchedName, **given: Any) -> Watching:
    """Return what `chat()` watches: these names, by default Arslan Bozdaliev."""
    kept = names or (watched_name(),)
    return _build(Watching, given, chat=chat(), names=tuple((pattern_of(name).id, name) for name in kept))


def span_of(words: str, of: Article) -> Span:
    """Return where words stand in `full_text(of)`; fail when they do not."""
    start = full_text(of).index(words)
    return Span(start, start + len(words))


def pattern_id(label: str = "Arslan Bozdaliev") -> PatternId:
    """Return the id of the pattern of `watched_name(label)`."""
    return pattern(label).id


def _build(kind: type[_T], given: dict[str, Any], /, **defaults: Any) -> _T:
    wrong = given.keys() - {field.name for field in fields(kind)}  # type: ignore[arg-type]  # every kind is a dataclass
    if wrong:
        raise TypeError(f"{kind.__name__} has no {', '.join(sorted(wrong))}")
    return kind(**{**defaults, **given})
