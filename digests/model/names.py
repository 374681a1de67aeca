"""Watched names: how they are written, where they are found, and what people judged of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from digests.model.ids import ArticleId, ChatId, ListId, NameId, PatternId, make_id


class Kind(StrEnum):
    """What a watched name names."""

    PERSON = "person"
    BODY = "body"
    PLACE = "place"


class Band(StrEnum):
    """How sure a mention is; what is less than likely is no mention."""

    SURE = "sure"
    LIKELY = "likely"


class Span(NamedTuple):
    """A stretch of a text in code points, `start` inclusive, `end` exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why we think so, as a key and its fields; `bot/locale` says it in words under `reason.KEY`."""

    key: str
    fields: tuple[tuple[str, str], ...] = ()


class SpellingState(StrEnum):
    """What became of a spelling: one that waits for a person, or was struck by one, is never looked for."""

    KEPT = "kept"
    PROPOSED = "proposed"
    STRUCK = "struck"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """One written form of a watched name.

    Attributes:
        origin: Who wrote it: "person" typed it, "book" ships it, "rule" made it, "alias" is another name in a table.
        language: The language whose spelling it is, None for any.
        script: "latin", "cyrillic" or another ISO 15924 name in lower case.
        decided_by, decided_at: Who accepted or struck a proposed one, and when; None while nobody did.
        active: A proposal that waits, or was struck, is never matched.
    """

    text: str
    language: str | None = None
    script: str = "latin"
    origin: str = "person"
    decided_by: str | None = None
    decided_at: datetime | None = None
    active: bool = True

    @property
    def state(self) -> SpellingState:
        """Whether it is looked for, waits for somebody's word, or was struck."""
        if self.active:
            return SpellingState.KEPT
        return SpellingState.PROPOSED if self.decided_at is None else SpellingState.STRUCK


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchList:
    """A list of watched names; a chat has its own and may follow shared ones. The shipped book has no owner."""

    id: ListId
    owner: ChatId | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedName:
    """A person, body or place someone asked for.

    Attributes:
        label: The name as the person wrote it; it is shown so.
        near: Words that must stand in the article, at least one, if there are any.
        never: Words whose presence in the article rules the name out.
        unlike: Words that beside the name say somebody else is meant; judgements of this list taught them.
        note: What the list's owner wrote beside it; nothing is looked for by it.
    """

    id: NameId
    list: ListId
    kind: Kind
    label: str
    spellings: tuple[Spelling, ...]
    near: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What is matched: equal names of many lists share one; an edit makes another.

    Attributes:
        id: The hash of all its other fields.
        spellings: Active ones, as (text, language or ""); the first is the one the person typed.
        struck: Forms that are nobody's mention, even where an active spelling sounds the same.
        unlike: Words that beside a mention rule it out.
    """

    id: PatternId
    kind: Kind
    spellings: tuple[tuple[str, str], ...]
    near: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()


def pattern_of(name: WatchedName) -> Pattern:
    """Return the pattern that finds a watched name; equal names of other lists give the same one."""
    spellings = tuple((s.text, s.language or "") for s in name.spellings if s.active)
    struck = tuple(sorted({s.text for s in name.spellings if s.state is SpellingState.STRUCK}))
    unlike = tuple(sorted(set(name.unlike)))
    flat = [part for pair in sorted(spellings) for part in pair]
    ruled_out = [*(["struck", *struck] if struck else []), *(["unlike", *unlike] if unlike else [])]
    key = make_id(name.kind, *flat, "near", *sorted(name.near), "never", *sorted(name.never), *ruled_out)
    return Pattern(
        id=PatternId(key),
        kind=name.kind,
        spellings=spellings,
        near=tuple(sorted(name.near)),
        never=tuple(sorted(name.never)),
        struck=struck,
        unlike=unlike,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A watched name found in an article.

    Attributes:
        start: Offset of the first character in `full_text(article)`, in code points.
        end: Offset after the last character.
        score: 0.0 (unlike) to 1.0 (same letters after folding).
        band: "sure" or "likely"; what is less is no mention.
        reason: Why we think so, as a key and its fields.
        matched_with: The version of the matcher.
    """

    pattern: PatternId
    article: ArticleId
    start: int
    end: int
    score: float
    band: Band
    reason: Reason
    matched_with: str


class Verdict(StrEnum):
    """What a person says of a mention: "no" is "not this person"."""

    NO = "no"
    UNSURE = "unsure"
    YES = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a chat says of one mention of a name it watches; it holds for its own list alone.

    Attributes:
        list: The own list of the chat that judged.
        pattern: What the mention was found with; the name's pattern may have changed since.
        by: Who judged, such as "telegram:123".
        learnt: The words it added to the name's `unlike`; undoing it takes them back.
    """

    list: ListId
    name: NameId
    article: ArticleId
    pattern: PatternId
    start: int
    verdict: Verdict
    by: str
    at: datetime
    learnt: tuple[str, ...] = ()
    undone_at: datetime | None = None
