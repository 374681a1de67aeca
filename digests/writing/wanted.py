"""What a chat wants to be told of, by its mutes."""

from datetime import UTC, datetime

from digests.model import PatternId, StoryId, WatchedName, Watching

_NEVER_MUTED = datetime.min.replace(tzinfo=UTC)


def told_names(watching: Watching, at: datetime) -> dict[PatternId, WatchedName]:
    """Return the names that are not muted, by pattern; of equal names in several lists the first one that speaks."""
    muted = {wish.name for wish in watching.wishes if wish.muted_until is not None and wish.muted_until > at}
    names: dict[PatternId, WatchedName] = {}
    for pattern, name in watching.names:
        if name.id not in muted:
            names.setdefault(pattern, name)
    return names


def mute_ends(watching: Watching) -> dict[PatternId, datetime]:
    """Return from when on each name speaks, by pattern, the beginning of time where it is not muted.

    Of equal names in several lists the first that speaks counts, as in `told_names`; ask this for many instants.
    """
    muted = {wish.name: wish.muted_until for wish in watching.wishes if wish.muted_until is not None}
    ends: dict[PatternId, datetime] = {}
    for pattern, name in watching.names:
        end = muted.get(name.id, _NEVER_MUTED)
        ends[pattern] = min(end, ends.get(pattern, end))
    return ends


def is_muted(watching: Watching, story: StoryId, at: datetime) -> bool:
    """Say whether the chat muted a story."""
    return any(muted == story and until > at for muted, until in watching.muted_stories)
