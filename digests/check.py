"""Who of a list is found in a text: a rehearsal that stores nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from digests.model import Article, ArticleId, Mention, SourceId, WatchedName, full_text, pattern_of
from digests.names.index import NameIndex
from digests.names.match import find_mentions
from digests.names.surnames import SurnameUse
from digests.text import guess_language, tidy_text

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A mention with the label of the name it means."""

    label: str
    mention: Mention


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the matcher says of a text.

    Attributes:
        text: As it was read; offsets of the mentions point into it.
        sights: In order of place.
        left_out: Labels of names with something in the text that is only alike.
    """

    text: str
    sights: tuple[Sight, ...]
    left_out: tuple[str, ...]


def check_text(text: str, names: Sequence[WatchedName]) -> Checked:
    """Return who of `names` is found in a text, as if it had just come in from a source."""
    labels = {pattern_of(name).id: name.label for name in names}
    index = NameIndex()
    for name in names:
        index.add(pattern_of(name))
    tidy = tidy_text(text)
    article = Article(
        id=ArticleId("check"),
        source=SourceId("check"),
        identity="check",
        url="",
        outlet="",
        title="",
        text=tidy,
        language=guess_language(tidy),
        published_at=None,
        fetched_at=_ANY_TIME,
    )
    found = find_mentions(article, index, SurnameUse({}))
    return Checked(
        text=full_text(article),
        sights=tuple(Sight(label=labels[mention.pattern], mention=mention) for mention in found.mentions),
        left_out=tuple(labels[pattern] for pattern in found.left_out),
    )
