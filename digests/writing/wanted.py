"""What a chat wants to be told of, by its mutes."""

from datetime import datetime

from digests.model import PatternId, StoryId, WatchedName, Watching


def told_names(watching: Watching, at: datetime) -> dict[PatternId, WatchedName]:
    """Return the names that are not muted, by pattern; of equal names in several lists the first one that speaks."""
    muted = {wish.name for wish in watching.wishes if wish.muted_until is not None and wish.muted_until > at}
    names: dict[PatternId, WatchedName] = {}
    for pattern, name in watching.names:
        if name.id not in muted:
            names.setdefault(pattern, name)
    return names


def is_muted(watching: Watching, story: StoryId, at: datetime) -> bool:
    """Say whether the chat muted a story."""
    return any(muted == story and until > at for muted, until in watching.muted_stories)
