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
# The busiest agencies write some 1,500 articles a day; what gives more for days is a machine, or wants to drown others.
_FLOOD = 2_000
# The pace of its first hours may be a backlog; it changes the order of placing, and is not told yet.
_WATCHED_FOR = timedelta(days=1)
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
    if _a_day(rhythm, now) > _FLOOD:
        rhythm = replace(rhythm, interval=None)  # it has no end, however often it is read
    elif ran_over:
        rhythm = replace(rhythm, interval=max((rhythm.interval or _LONGEST) / 2, _SHORTEST), missed_at=now)
    elif rhythm.missed_at is not None and now - rhythm.missed_at >= _CALM_AFTER:
        rhythm = replace(rhythm, interval=None, missed_at=None)
    same = moved_to is not None and moved_to == rhythm.moved_to
    return replace(
        rhythm,
        since=since,
        moved_to=moved_to,
        moved_since=rhythm.moved_since if same else now if moved_to else None,
        told=rhythm.told if _lasts(rhythm, now, new) else None,
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
    return _a_day(source.rhythm, now)


def is_flood(source: Source, now: datetime) -> bool:
    """Tell whether a source gives more than anybody reads: its articles are placed after those of all others."""
    return _a_day(source.rhythm, now) > _FLOOD


def _a_day(rhythm: Rhythm, now: datetime) -> float:
    if rhythm.last_new_at is None or rhythm.since is None:
        return 0.0
    # A source known for a day has had only that day to fill a week's measure.
    seen = 1 - math.exp(-max((now - rhythm.since) / _MEMORY, 0.01))
    return rhythm.rate * math.exp(-max((now - rhythm.last_new_at) / _MEMORY, 0.0)) / seen


def trouble(source: Source, now: datetime) -> str | None:
    """Return what ails a source so that its owners should hear of it: "gone", "dead", "silent", "flood"; None
    when it is well.

    "dead" cannot be read for a day; "silent" can, but gives nothing for far longer than ever; "flood" gives far more
    than any outlet writes.
    """
    rhythm = source.rhythm
    if not source.enabled:
        return "gone" if source.failures else None
    since = source.last_success_at or rhythm.since
    if source.failures >= _DEAD_FAILURES and since is not None and now - since >= _DEAD_AFTER:
        return "dead"
    if source.failures:
        return None
    if is_flood(source, now) and rhythm.since is not None and now - rhythm.since >= _WATCHED_FOR:
        return "flood"
    return "silent" if _is_silent(rhythm, now) else None


def _lasts(rhythm: Rhythm, now: datetime, new: int) -> bool:
    """Tell whether what owners were told of a source holds after a good read; a flood until half of it is left."""
    return (rhythm.told == "silent" and not new) or (rhythm.told == "flood" and _a_day(rhythm, now) > _FLOOD / 2)


def _is_silent(rhythm: Rhythm, now: datetime) -> bool:
    if rhythm.last_new_at is None or rhythm.since is None or rhythm.last_new_at - rhythm.since < _KNOWN_FOR:
        return False
    pause = now - rhythm.last_new_at
    usual = timedelta(days=1) / rhythm.rate if rhythm.rate > 0 else timedelta.max
    return pause >= _SILENT_AFTER and pause / usual >= _SILENT_TIMES
