"""Who of a list is found in a text, and who is only alike: a rehearsal that stores nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from digests.model import Article, ArticleId, Entry, Mention, PatternId, SourceId, WatchedName, full_text, pattern_of
from digests.names.index import NameIndex
from digests.names.match import find_mentions
from digests.names.near import NearMiss, near_misses
from digests.names.surnames import SurnameUse
from digests.text import guess_language, tidy_text

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A mention with the label of the name it means."""

    label: str
    mention: Mention


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlike:
    """What is only like a name, with its label."""

    label: str
    miss: NearMiss


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the matcher says of a text.

    Attributes:
        text: As it was read; offsets point into it.
        language: As guessed; None for what is too short to tell.
        sights: In order of place.
        near: What is only alike, and why it does not count; in order of place.
        left_out: Labels of names that a digest would count as left out for likeness.
    """

    text: str
    language: str | None
    sights: tuple[Sight, ...]
    near: tuple[Unlike, ...]
    left_out: tuple[str, ...]


def check_text(text: str, names: Sequence[WatchedName], taught: Mapping[str, int] = MappingProxyType({})) -> Checked:
    """Return who of `names` is found in a text, as if it had just come in from a source.

    `taught` is what the stream has taught of surnames: without it a surname alone is nobody.
    """
    labels, index, use = _labels(names), _index(names), SurnameUse(taught)
    tidy = tidy_text(text)
    article = _article("", tidy, guess_language(tidy))
    found = find_mentions(article, index, use)
    return Checked(
        text=full_text(article),
        language=article.language,
        sights=tuple(Sight(label=labels[mention.pattern], mention=mention) for mention in found.mentions),
        near=tuple(Unlike(label=labels[miss.pattern], miss=miss) for miss in near_misses(article, index, use, found)),
        left_out=tuple(labels[pattern] for pattern in found.left_out),
    )


def who_is_in(entries: Sequence[Entry], names: Sequence[WatchedName]) -> tuple[tuple[str, int], ...]:
    """Return the labels of those of `names` who are in what a source holds, and in how many texts; most first."""
    labels, index = _labels(names), _index(names)
    counted: Counter[str] = Counter()
    for entry in entries if names else ():
        found = find_mentions(_article(entry.title, entry.text, entry.language), index, SurnameUse({}))
        counted.update({labels[mention.pattern] for mention in found.mentions})
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _labels(names: Sequence[WatchedName]) -> dict[PatternId, str]:
    return {pattern_of(name).id: name.label for name in names}


def _index(names: Sequence[WatchedName]) -> NameIndex:
    index = NameIndex()
    for name in names:
        index.add(pattern_of(name))
    return index


def _article(title: str, text: str, language: str | None) -> Article:
    return Article(
        id=ArticleId("check"),
        source=SourceId("check"),
        identity="check",
        url="",
        outlet="",
        title=title,
        text=text,
        language=language,
        published_at=None,
        fetched_at=_ANY_TIME,
    )
