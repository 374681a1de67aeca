"""How a source behaves over weeks: its articles a day, where it moved, and when its owners should hear of it; pure."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

from digests.errors import SourceError
from digests.model import Rhythm, Source

# What is a week old weighs e times less: long enough to outlive a weekend, short enough to see an outlet change.
_MEMORY = timedelta(days=7)
# A redirect that is called permanent is often a wrong setting of an hour: believed once it was met for a day.
_BELIEVED_AFTER = timedelta(days=1)
# A day without one good read is more than a restart, an update or a bad line.
_DEAD_AFTER = timedelta(days=1)
_DEAD_FAILURES = 5
# Chance gives a steady outlet a pause of twelve times its usual one in 1 of 160,000 cases; a weekend is none.
_SILENT_TIMES = 12
_SILENT_AFTER = timedelta(days=3)
_KNOWN_FOR = timedelta(days=7)
# "Not found" for a week is as good as "gone".
_MISSING_FOR = timedelta(days=7)
_MISSING_FAILURES = 20
# A window that held for so long may be looked at as seldom as others again.
_CALM_AFTER = timedelta(days=7)
_LONGEST = timedelta(minutes=5)
_SHORTEST = timedelta(minutes=1)


def after_reading(rhythm: Rhythm, now: datetime, *, new: int, ran_over: bool, moved_to: str | None) -> Rhythm:
    """Return a source's rhythm after a good read.

    Args:
        new: How many articles it gave that were not known.
        ran_over: Nothing it gave was known, though it had given something before.
        moved_to: Where a permanent redirect led.
    """
    since = rhythm.since or now
    if new:
        passed = now - (rhythm.last_new_at or since)
        rate = rhythm.rate * math.exp(-max(passed / _MEMORY, 0.0)) + new / (_MEMORY / timedelta(days=1))
        # The first read gives a window of unknown length: it says nothing of a day.
        rhythm = replace(rhythm, last_new_at=now, rate=rate if rhythm.last_new_at else 0.0)
    if ran_over:
        rhythm = replace(rhythm, interval=max((rhythm.interval or _LONGEST) / 2, _SHORTEST), missed_at=now)
    elif rhythm.missed_at is not None and now - rhythm.missed_at >= _CALM_AFTER:
        rhythm = replace(rhythm, interval=None, missed_at=None)
    same = moved_to is not None and moved_to == rhythm.moved_to
    return replace(
        rhythm,
        since=since,
        moved_to=moved_to,
        moved_since=rhythm.moved_since if same else now if moved_to else None,
        told=None if new or rhythm.told != "silent" else rhythm.told,
    )


def has_moved(rhythm: Rhythm, now: datetime) -> bool:
    """Tell whether a source has moved for good: every read for a day met the same permanent redirect."""
    return rhythm.moved_since is not None and now - rhythm.moved_since >= _BELIEVED_AFTER


def is_gone(source: Source, error: SourceError, now: datetime) -> bool:
    """Tell whether a source is to be read no more: its server says so, or has not known it for a week."""
    since = source.last_success_at or source.rhythm.since or now
    is_lost = error.missing and source.failures >= _MISSING_FAILURES and now - since >= _MISSING_FOR
    return error.gone or is_lost


def articles_a_day(source: Source, now: datetime) -> float:
    """Return how many new articles a source gives in a day, weighing the last week most."""
    rhythm = source.rhythm
    if rhythm.last_new_at is None or rhythm.since is None:
        return 0.0
    # A source known for a day has had only that day to fill a week's measure.
    seen = 1 - math.exp(-max((now - rhythm.since) / _MEMORY, 0.01))
    return rhythm.rate * math.exp(-max((now - rhythm.last_new_at) / _MEMORY, 0.0)) / seen


def trouble(source: Source, now: datetime) -> str | None:
    """Return what ails a source so that its owners should hear of it: "gone", "dead", "silent"; None when it is well.

    "dead" cannot be read for a day; "silent" can, but gives nothing for far longer than ever.
    """
    rhythm = source.rhythm
    if not source.enabled:
        return "gone" if source.failures else None
    since = source.last_success_at or rhythm.since
    if source.failures >= _DEAD_FAILURES and since is not None and now - since >= _DEAD_AFTER:
        return "dead"
    return "silent" if not source.failures and _is_silent(rhythm, now) else None


def _is_silent(rhythm: Rhythm, now: datetime) -> bool:
    if rhythm.last_new_at is None or rhythm.since is None or rhythm.last_new_at - rhythm.since < _KNOWN_FOR:
        return False
    pause = now - rhythm.last_new_at
    usual = timedelta(days=1) / rhythm.rate if rhythm.rate > 0 else timedelta.max
    return pause >= _SILENT_AFTER and pause / usual >= _SILENT_TIMES
