"""Which news of a moment is told now, what of it together, and what waits: a pure decision over values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.model import News, PatternId, Status, StoryId

# After the first alert of a story the rest of its burst has this long to come in; then one follow-up tells it.
SETTLES = timedelta(minutes=10)
# A story that was followed up already is told again no sooner, but for a changed status.
FOLLOWS = timedelta(hours=1)
# So many alerts of urgent names break one night; more collapse into one message an hour.
NIGHT_CAP = 8
COLLAPSED = timedelta(hours=1)

Alerted = Mapping[tuple[StoryId, PatternId], tuple[datetime, int]]
"""When a chat was last alerted to a story on a name, and how often."""

_STATUS, _DENIAL = "status", "denial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What becomes of the untold news of one chat.

    Attributes:
        now: One alert each: news of one story.
        later: What waits, and until when it does.
    """

    now: tuple[tuple[News, ...], ...] = ()
    later: tuple[News, ...] = ()
    until: datetime | None = None


def plan_alerts(
    news: Sequence[News],
    watched: Collection[PatternId],
    alerted: Alerted,
    now: datetime,
    *,
    settles: timedelta = SETTLES,
) -> Plan:
    """Return what is told now: the first on a name in a story at once, the rest of a burst together, a little later.

    A changed status waits for nothing and takes the rest along.

    Args:
        news: Untold, oldest first.
        watched: The chat's patterns: only on these was it alerted, or can be.
        settles: How long a burst is waited for; none at all where nobody comes later to tell the rest.
    """
    stories: dict[StoryId, list[News]] = {}
    for piece in news:
        stories.setdefault(piece.story, []).append(piece)
    groups: list[tuple[News, ...]] = []
    later: list[News] = []
    dues: list[datetime] = []
    known: dict[StoryId, set[PatternId]] = {}
    for story, pattern in alerted:
        if pattern in watched:
            known.setdefault(story, set()).add(pattern)
    for story, pieces in stories.items():
        first, rest = _parted(pieces, known.get(story, set()), watched)
        if not rest:
            groups += [(piece,) for piece in first]
            continue
        due = min(_due(piece, watched, alerted, now, settles) for piece in rest)
        if not settles:
            groups += [*((piece,) for piece in first), tuple(rest)]
        elif due <= now:
            groups.append(tuple(pieces))
        else:
            groups += [(piece,) for piece in first]
            later += rest
            dues.append(due)
    return Plan(now=tuple(groups), later=tuple(later), until=min(dues, default=None))


def cap_night(plan: Plan, *, changed: Collection[News], written: int, now: datetime) -> Plan:
    """Return the plan under the night's cap: over it, all but changed statuses goes once an hour, as one message.

    Args:
        changed: News of a status that this chat was not alerted to before; it passes.
        written: Alerts that broke this night so far.
    """
    free = max(NIGHT_CAP - written, 0)
    passing = [group for group in plan.now if any(piece in changed for piece in group)]
    others = [group for group in plan.now if group not in passing]
    if len(others) <= free:
        return plan
    over = tuple(piece for group in others[free:] for piece in group)
    due = min(piece.at for piece in over) + COLLAPSED
    if due <= now:
        return Plan(now=(*passing, *others[:free], over), later=plan.later, until=plan.until)
    until = due if plan.until is None else min(due, plan.until)
    return Plan(now=(*passing, *others[:free]), later=(*plan.later, *over), until=until)


def is_changed(piece: News, watched: Collection[PatternId], known: Collection[tuple[PatternId, Status, bool]]) -> bool:
    """Say whether news claims a status of a watched name that was not told of it before."""
    mine = [pattern for pattern in piece.names if pattern in watched]
    return any((pattern, word.status, word.denied) not in known for pattern in mine for word in piece.status)


def _parted(
    pieces: Sequence[News], known: set[PatternId], watched: Collection[PatternId]
) -> tuple[list[News], list[News]]:
    """Return the news that is the first of its story on some name, and the rest."""
    first: list[News] = []
    rest: list[News] = []
    for piece in pieces:
        mine = {pattern for pattern in piece.names if pattern in watched}
        (rest if mine <= known else first).append(piece)
        known = known | mine
    return first, rest


def _due(piece: News, watched: Collection[PatternId], alerted: Alerted, now: datetime, settles: timedelta) -> datetime:
    """Return when a follow-up may go: soon after the first alert, and after a follow-up an hour later."""
    before = [alerted[piece.story, p] for p in piece.names if p in watched and (piece.story, p) in alerted]
    if len(before) < len({p for p in piece.names if p in watched}):
        return now + settles  # its first alert goes just now
    last, often = max(at for at, _ in before), max(count for _, count in before)
    if piece.adds.key == _STATUS or last > now:
        return min(last, now)  # told in the future: the clock was put back, and nobody waits until it has caught up
    return last + (settles if often <= 1 or piece.adds.key == _DENIAL else FOLLOWS)
