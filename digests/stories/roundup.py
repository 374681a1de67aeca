"""Whether a text tells of many events in short: it belongs to no story, for it would tie them all together."""

from collections.abc import Iterable, Sequence

from digests.model import Mention, PatternId
from digests.stories.phrases import Hit
from digests.text import sentences

# So many watched names, each in a sentence of its own that shares no idea with the others, are as many events.
_FEWEST_EVENTS = 3
_MOST_CHARS = 6_000


def is_roundup(
    text: str, language: str | None, mentions: Sequence[Mention], ideas: Iterable[tuple[str, int]], cues: Iterable[Hit]
) -> bool:
    """Say whether headline or lead says so ("The week in brief"), or each watched name has an event of its own.

    `ideas` are the keys of ideas with their offsets. Three men of one search share an idea, and no sentence of a
    round-up names somebody of another's.
    """
    if any(hit.key == "roundup" for hit in cues):
        return True
    if len({mention.pattern for mention in mentions}) < _FEWEST_EVENTS:
        return False
    placed = list(ideas)
    spans = sentences(text[:_MOST_CHARS], language)
    events = []
    for span in spans:
        named = {mention.pattern for mention in mentions if span.start <= mention.start < span.end}
        about = {key for key, at in placed if span.start <= at < span.end}
        if named and about:
            events.append((named, about))
    return len(events) >= _FEWEST_EVENTS and 2 * len(events) > len(spans) and _are_disjoint(events)


def _are_disjoint(events: Sequence[tuple[set[PatternId], set[str]]]) -> bool:
    names = [name for named, _ in events for name in named]
    ideas = [idea for _, about in events for idea in about]
    return len(names) == len(set(names)) and len(ideas) == len(set(ideas))
