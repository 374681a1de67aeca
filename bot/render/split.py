"""A page in numbered parts, each within a service's limits; never inside a sentence, the names first and whole."""

import re
import unicodedata
from bisect import bisect
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice

from bot.render.page import Block, Page, Press, Run, plain_text

Fits = Callable[[Page], bool]
_Room = Callable[[tuple[Block, ...]], bool]
_MOST_PARTS = 99  # the numbering that room is kept for
_CUT = "…"
# How many units a part may take, tried first; the next part is tried with what the last one took.
_FIRST_GUESS, _LONGEST_STRIDE = 8, 64
# Where a paragraph too long for a part may end, the best first.
_ENDS = (re.compile(r"\n"), re.compile(r"(?<=[.!?…;])[\s]"), re.compile(r"\s"))
# What stands with the paragraph before it: kind, and the kinds it follows (None: any).
_FOLLOWS: dict[str, frozenset[str] | None] = {
    "meta": None,
    "note": None,
    "names": frozenset({"head", "note"}),
    "name": frozenset({"divider"}),
    "quote": frozenset({"name", "head", "divider", "quote"}),
    "line": frozenset({"divider"}),
}


def split(page: Page, fits: Fits) -> tuple[Page, ...]:
    """Return the page itself where it fits, else its parts in order, numbered at their end, the buttons on the last.

    A quotation stays with its outlet, a name's heading with its first quotation; where they part, the next part repeats
    the heading. A paragraph too long for any part is cut at its line breaks, else between sentences, else between
    words, which a "…" marks; no character of it is lost. A mark (a possible repeat) stands on every part, for any of
    them may be the one in doubt. `fits` must say yes to whatever is shorter than what fits.
    """
    if fits(page):
        return (page,)

    def room(blocks: tuple[Block, ...]) -> bool:
        return fits(_part(page, blocks, _MOST_PARTS, _MOST_PARTS, page.buttons))

    packed = _pack((block for block in page.blocks if block.kind != "mark"), room)
    last = len(packed)
    return tuple(
        _part(page, blocks, at, last, page.buttons if at == last else ()) for at, blocks in enumerate(packed, start=1)
    )


def _part(page: Page, blocks: tuple[Block, ...], at: int, of: int, buttons: tuple[tuple[Press, ...], ...]) -> Page:
    number = f"{at}/{of}"
    marks = (block for block in page.blocks if block.kind == "mark")
    numbered = (*marks, *blocks, Block("note", (Run(number),)))
    return replace(page, glance=f"{page.glance} · {number}", blocks=numbered, buttons=buttons)


def _pack(blocks: Iterable[Block], room: _Room) -> list[tuple[Block, ...]]:
    packed: list[tuple[Block, ...]] = []
    waiting = deque(_units(blocks))
    current: tuple[Block, ...] = ()
    heading: tuple[Block, ...] = ()
    guess = _FIRST_GUESS

    while waiting:
        taken = _stride(current, waiting, room, guess) if current else 0
        guess = taken or guess
        for unit in [waiting.popleft() for _ in range(taken)]:
            current = (*current, *unit)
            heading = _heading(unit, heading)
        if not waiting:
            break
        unit = waiting.popleft()
        if not current:
            unit = _undivided(unit)
        carried = heading if unit and unit[0].kind in ("quote", "meta", "note") else ()
        if not unit or room((*current, *unit)):
            current = (*current, *unit)
            heading = _heading(unit, heading)
        elif room((*carried, *_undivided(unit))) and current not in ((), carried):
            packed.append(current)
            current = carried
            waiting.appendleft(_undivided(unit))
        elif len(unit) > 1:
            waiting.extendleft((block,) for block in reversed(unit))
        else:
            first, rest = _cut(unit[0], current, room)
            if first is None and current:
                packed.append(current)
                current = ()
                waiting.appendleft(unit)
                continue
            packed.append((*current, first or unit[0]))
            current = ()
            heading = _heading(unit, heading)
            if rest:
                waiting.appendleft((rest,))
    return [*packed, current] if current else packed


def _stride(current: tuple[Block, ...], waiting: Iterable[tuple[Block, ...]], room: _Room, guess: int) -> int:
    """Return how many of the next units there is room for, looked for around a guess: asking costs a rendering."""
    units = list(islice(waiting, _LONGEST_STRIDE))

    def has_room(count: int) -> bool:
        return room((*current, *(block for unit in units[:count] for block in unit)))

    low, high, step = 0, len(units) + 1, 1
    at = min(guess, len(units))
    while low < at < high:
        if has_room(at):
            low, at = at, at + step
        else:
            high, at = at, at - step
        step *= 2
    return low + bisect(range(low + 1, high), False, key=lambda count: not has_room(count))


def _units(blocks: Iterable[Block]) -> list[tuple[Block, ...]]:
    units: list[list[Block]] = []
    for block in blocks:
        follows = _FOLLOWS.get(block.kind, frozenset())
        if units and (follows is None or units[-1][-1].kind in follows):
            units[-1].append(block)
        else:
            units.append([block])
    return [tuple(unit) for unit in units]


def _undivided(unit: tuple[Block, ...]) -> tuple[Block, ...]:
    return unit[1:] if unit and unit[0].kind == "divider" else unit


def _heading(unit: tuple[Block, ...], heading: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the heading that what follows the unit stands under; a divider ends it."""
    for block in unit:
        if block.kind == "divider":
            heading = ()
        elif block.kind == "name":
            heading = (block,)
    return heading


def _cut(block: Block, current: tuple[Block, ...], room: _Room) -> tuple[Block | None, Block | None]:
    """Return the longest beginning of the block that there is room for, and the rest; None where there is none."""
    text = plain_text(block)
    for end in _ENDS:
        is_marked = end is _ENDS[-1]
        places = [(match.start(), match.end()) for match in end.finditer(text) if match.start()]
        # A block that is cut at spaces may begin with one: cutting there would give an empty part.
        places = [place for place in places if text[: place[0]].strip() and text[place[1] :].strip()]
        found = _longest(block, places, current, room, is_marked=is_marked)
        if found:
            return found
    letters = [(at, at) for at in range(1, len(text)) if _may_part(text, at)]
    return _longest(block, letters, current, room, is_marked=True) or (None, None)


def _longest(
    block: Block, places: list[tuple[int, int]], current: tuple[Block, ...], room: _Room, *, is_marked: bool
) -> tuple[Block, Block] | None:
    def beginning(at: int) -> Block:
        return _slice(block, 0, places[at][0], after=_CUT if is_marked else "")

    fitting = bisect(range(len(places)), False, key=lambda at: not room((*current, beginning(at))))
    if not fitting:
        return None
    rest = _slice(block, places[fitting - 1][1], None, before=_CUT if is_marked else "")
    return beginning(fitting - 1), rest


def _slice(block: Block, start: int, end: int | None, *, before: str = "", after: str = "") -> Block:
    runs = []
    at = 0
    for run in block.runs:
        text = run.text[max(start - at, 0) : None if end is None else max(end - at, 0)]
        at += len(run.text)
        if text:
            runs.append(run._replace(text=text))
    marked = [Run(before), *runs, Run(after)]
    return Block(block.kind, tuple(run for run in marked if run.text))


def _may_part(text: str, at: int) -> bool:
    """Say whether a text may part before `at`: never before a mark that belongs to the letter or emoji before it."""
    joiners = ("\u200d", "\ufe0f")
    is_mark = unicodedata.combining(text[at]) or text[at] in joiners or "\U0001f3fb" <= text[at] <= "\U0001f3ff"
    is_flag = "\U0001f1e6" <= text[at] <= "\U0001f1ff"
    return not is_mark and not is_flag and text[at - 1] != joiners[0]
