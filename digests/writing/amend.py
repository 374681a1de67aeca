"""What a later edition, or a person, takes back of an item that was told; and what is true of it now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from digests.model import Item, Named, NewsId, PatternId, Sentence, StatusWord, Telling, WatchedName
from digests.stories.keys import placed_keys
from digests.stories.phrases import words_of
from digests.writing.items import news_first, picker_for
from digests.writing.pick import Picked
from digests.writing.share import shared_status, unique


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of an item.

    Attributes:
        old: That part of it which stands no more.
        new: What stands in its place; None where nothing does.
        whole: The item as it reads now, with all that still stands; None where nothing does.
        turned: A status was taken back or changed: that is worth a message of its own.
    """

    old: Item
    new: Item | None
    whole: Item | None
    turned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A name in both editions; None where one does not name it."""

    named: Named
    before: Picked
    after: Picked | None
    claims: tuple[StatusWord, ...]


def revise(item: Item, old: Telling, new: Telling | None, names: Mapping[PatternId, WatchedName]) -> Change | None:
    """Return what a later edition changes of an item that told an earlier one; None where all of it still stands.

    Other words for the same are no change: a claim or a number must be gone, or the name. What an edition only adds is
    news, and told as such.

    Args:
        new: None where the edition mentions none of the chat's names.
    """
    pairs = [_pair(named, old, new, names[named.pattern]) for named in _told_of(item, old, names)]
    changed = [pair for pair in pairs if _is_taken_back(pair) or _counts_otherwise(pair, old, new)]
    if not changed:
        return None
    gone = {pair.named.pattern for pair in changed if pair.after is None}
    stands = tuple(s for s in item.sentences if s.article != old.article.id)
    said = unique(pair.after.sentence for pair in pairs if pair.after is not None)
    news = () if new is None or new.news is None else (new.news.id,)
    now_named = tuple(_renamed(pair) for pair in pairs if pair.after is not None)
    return Change(
        old=_of(item, [pair.named for pair in pairs], [s for s in item.sentences if s.article == old.article.id])
        or item,
        new=_with_news(_of(item, now_named, said), news),
        whole=_with_news(_whole(item, pairs, gone, (*said, *stands)), news),
        turned=any(_is_taken_back(pair) for pair in changed),
    )


def without(item: Item, patterns: Collection[PatternId]) -> Item | None:
    """Return an item without these names, and without the sentences that name nobody else; None if nobody is left."""
    kept = [named for named in item.names if named.pattern not in patterns]
    return _of(item, kept, [s for s in item.sentences if any(named.form in s.text for named in kept)])


def _told_of(item: Item, old: Telling, names: Mapping[PatternId, WatchedName]) -> list[Named]:
    """Return the names of which the item quotes this edition."""
    quoted = [s.text for s in item.sentences if s.article == old.article.id]
    mentioned = {mention.pattern for mention in old.mentions}
    return [
        named
        for named in item.names
        if named.pattern in mentioned and named.pattern in names and any(named.form in text for text in quoted)
    ]


def _pair(named: Named, old: Telling, new: Telling | None, name: WatchedName) -> _Pair:
    before = picker_for(old).pick(named.pattern, name.kind)
    assert before is not None  # the edition mentions it
    if new is None:
        return _Pair(named=named, before=before, after=None, claims=())
    picker = picker_for(new)
    return _Pair(
        named=named,
        before=before,
        after=picker.pick(named.pattern, name.kind),
        claims=picker.claims(named.pattern, name.kind),
    )


def _is_taken_back(pair: _Pair) -> bool:
    """Say whether the later edition no longer names the person, or no longer claims what the quoted one did."""
    if pair.after is None:
        return True
    claims = {(word.status, word.denied) for word in pair.claims}
    return any((word.status, word.denied) not in claims for word in pair.before.status)


def _counts_otherwise(pair: _Pair, old: Telling, new: Telling | None) -> bool:
    """Say whether a number that was quoted is nowhere in the later edition, whose sentence has another one."""
    if pair.after is None or new is None:
        return False
    before = _numbers(pair.before.sentence.text, old)
    after = _numbers(pair.after.sentence.text, new)
    anywhere = _numbers(f"{new.article.title}\n{new.article.text}", new)
    return bool(before - anywhere) and bool(after - before)


def _numbers(text: str, telling: Telling) -> frozenset[str]:
    keys = placed_keys(text, words_of(text), telling.article.language)
    return frozenset(key for key, _ in keys if key.startswith("n"))


def _renamed(pair: _Pair) -> Named:
    after = pair.after
    assert after is not None  # only of names that are still there
    taken = [word for word in pair.before.status if word not in after.status]
    status = news_first((*after.status, *(word for word in pair.named.status if word not in taken)), ())
    return replace(pair.named, form=after.form, band=after.band, reason=after.mention.reason, status=status)


def _whole(
    item: Item, pairs: Sequence[_Pair], gone: Collection[PatternId], sentences: Sequence[Sentence]
) -> Item | None:
    anew = {pair.named.pattern: _renamed(pair) for pair in pairs if pair.after is not None}
    kept = [anew.get(named.pattern, named) for named in item.names]
    still = [n for n in kept if n.pattern not in gone or any(n.form in s.text for s in sentences)]
    return _of(item, still, sentences)


def _of(item: Item, names: Sequence[Named], sentences: Sequence[Sentence]) -> Item | None:
    """Return the item with these names and sentences alone; None where either is empty."""
    if not names or not sentences:
        return None
    return replace(item, names=tuple(names), status=shared_status(names), sentences=tuple(sentences))


def _with_news(item: Item | None, news: tuple[NewsId, ...]) -> Item | None:
    return None if item is None else replace(item, news=tuple(sorted({*item.news, *news})))
