"""Each sentence is printed once in a digest: a name whose sentence stands already joins the item that quotes it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from digests.model import Item, Named, Recalled, Sentence, StatusWord


def share_sentences(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return the items, in their order, with no sentence quoted twice.

    An item whose name stands in a sentence above goes into the item there, with its other sentences only where they
    claim something; of any other item only the repeated sentences go, unless a status might go with them. Of what is
    only recalled nothing is quoted: names to which a chat was alerted alike stand together.
    """
    shown: list[Item] = []
    for item in items:
        if item.only_recalled:
            alike = next((at for at, other in enumerate(shown) if _is_recalled_alike(item, other)), None)
            if alike is None:
                shown.append(item)
            else:
                shown[alike] = _join(shown[alike], item, ())
            continue
        repeated = [_index_of(sentence, item, shown) for sentence in item.sentences]
        above = next((at for at in repeated if at is not None), None)
        named = next((at for at, one in zip(repeated, item.sentences, strict=True) if _names(one, item)), repeated[0])
        if above is not None and (named is not None or item.status):
            at = above if named is None else named
            shown[at] = _join(shown[at], item, _fresh(item, repeated) if item.status else ())
        else:
            shown.append(replace(item, sentences=_fresh(item, repeated)))
    return tuple(shown)


def unique(sentences: Iterable[Sentence]) -> tuple[Sentence, ...]:
    """Return the sentences in order, those left out that stand in another one."""
    different = tuple(dict.fromkeys(sentences))
    return tuple(one for one in different if not any(_holds(other, one) for other in different if other != one))


def shared_status(names: Sequence[Named]) -> tuple[StatusWord, ...]:
    """Return what is claimed of every one of the names: a label must not spread from one person to another."""
    return tuple(word for word in names[0].status if all(word in name.status for name in names))


def _is_recalled_alike(item: Item, other: Item) -> bool:
    return other.only_recalled and (item.story, item.recalled) == (other.story, other.recalled)


def _index_of(sentence: Sentence, item: Item, shown: Sequence[Item]) -> int | None:
    """Return the place of the item that quotes the sentence, or a part of it; what is only recalled quotes nothing."""
    akin = ((at, it) for at, it in enumerate(shown) if it.story == item.story and not it.only_recalled)
    for at, other in akin:
        if any(_holds(quoted, sentence) or _holds(sentence, quoted) for quoted in other.sentences):
            return at
    return None


def _names(sentence: Sentence, item: Item) -> bool:
    return any(named.form in sentence.text for named in item.names)


def _fresh(item: Item, repeated: Sequence[int | None]) -> tuple[Sentence, ...]:
    return tuple(sentence for sentence, at in zip(item.sentences, repeated, strict=True) if at is None)


def _holds(one: Sentence, other: Sentence) -> bool:
    return one.article == other.article and other.text in one.text


def _join(one: Item, other: Item, further: Sequence[Sentence]) -> Item:
    there = {named.pattern for named in one.names}
    names = (*one.names, *(named for named in other.names if named.pattern not in there))
    links = {link.outlet: link for link in (*one.outlets, *other.outlets)}
    wider = [next((s for s in other.sentences if _holds(s, quoted)), quoted) for quoted in one.sentences]
    return Item(
        story=one.story,
        news=tuple(sorted({*one.news, *other.news})),
        names=names,
        status=shared_status(names),
        sentences=unique((*wider, *further)),
        differ=one.differ or other.differ,
        outlets=tuple(links.values()),
        reprints=max(one.reprints, other.reprints),
        recalled=_recalled_together(one, other),
        only_recalled=one.only_recalled,
    )


def _recalled_together(one: Item, other: Item) -> tuple[Recalled, ...]:
    """Return the lines of both, each with what it claimed of everybody who stands above it now, or else of whom."""
    mine, theirs = ({line.news: line for line in item.recalled} for item in (one, other))
    lines = []
    for news in {**mine, **theirs}:
        here, there = mine.get(news), theirs.get(news)
        claims = [(line, item) for line, item in ((here, one), (there, other)) if line is not None and line.status]
        either = here or there
        if len(claims) == 1:
            line, item = claims[0]
            lines.append(replace(line, of=line.of or tuple(named.label for named in item.names)))
        elif here is not None and there is not None:
            lines.append(_both(here, there))
        elif either is not None:
            lines.append(either)
    return tuple(sorted(lines, key=lambda line: (line.told_at, line.news)))


def _both(one: Recalled, other: Recalled) -> Recalled:
    """Return a line with what it claimed of both; of some of the names it claims nothing of all."""
    if one.of or other.of:
        return replace(other, status=(), of=())
    return replace(other, status=tuple(word for word in other.status if word in one.status))
