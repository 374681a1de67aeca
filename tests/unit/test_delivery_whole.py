import asyncio

import pytest

from bot.delivery.whole import whole


async def test_work_returns_what_it_returns_and_raises_what_it_raises() -> None:
    async def gives() -> int:
        return 7

    async def fails() -> int:
        raise ValueError("no")

    assert await whole(gives()) == 7
    with pytest.raises(ValueError, match="no"):
        await whole(fails())


@pytest.mark.parametrize("fails", [False, True], ids=["that ends well", "that fails"])
async def test_a_cancellation_waits_for_work(fails: bool) -> None:
    gate, ended = asyncio.Event(), False

    async def work() -> None:
        nonlocal ended
        await gate.wait()
        ended = True
        if fails:
            raise ValueError("too late to matter")

    task = asyncio.create_task(whole(work()))
    await asyncio.wait({task}, timeout=0)
    task.cancel()
    await asyncio.wait({task}, timeout=0.001)
    assert not task.done()
    gate.set()
    await asyncio.wait({task})
    assert task.cancelled()
    assert ended
