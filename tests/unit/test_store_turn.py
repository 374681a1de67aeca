"""Who writes next: the urgent first, then by the order of coming; who gives up holds nobody up."""

import asyncio

from digests.store.turn import Turn


async def _visit(turn: Turn, name: str, seen: list[str], *, urgent: bool = False) -> None:
    async with turn.of(urgent=urgent):
        seen.append(name)
        await asyncio.sleep(0)


async def test_the_urgent_go_first_and_each_in_the_order_of_coming() -> None:
    turn, seen = Turn(), list[str]()
    names = ("a", "b", "c!", "d", "e!")
    await asyncio.gather(*(_visit(turn, name, seen, urgent=name.endswith("!")) for name in names))

    assert seen == ["a", "c!", "e!", "b", "d"]
    await _visit(turn, "later", seen)
    assert seen[-1] == "later"


async def test_who_is_cancelled_while_waiting_or_at_the_very_moment_holds_nobody_up() -> None:
    turn, seen = Turn(), list[str]()
    await turn.take(urgent=False)
    waiting, next_one, last = (asyncio.create_task(_visit(turn, name, seen)) for name in ("x", "y", "z"))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    turn.give()  # it is y's now, who does not know yet
    next_one.cancel()
    await asyncio.wait({waiting, next_one, last}, timeout=5)

    assert seen == ["z"]
    assert last.done()
