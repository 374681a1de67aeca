"""The whole service, begun and ended: in time at any moment, leaving nothing behind, and saying why it ended."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import open_app
from bot.settings import Settings
from digests.errors import HaberdarError
from tests.fakes.clock import JumpingClock
from tests.fakes.telegram import FakeTelegram
from tests.town import OWNER, running_town

AFTERNOON = datetime(2026, 11, 23, 12, 32, tzinfo=UTC)


async def test_a_refused_token_ends_the_service_with_one_plain_line_without_it(tmp_path: Path) -> None:
    async with FakeTelegram() as telegram:
        settings = Settings(
            data_dir=tmp_path / "data",
            seeds_dir=tmp_path,
            telegram_token=SecretStr("987654:a-token-that-is-refused"),
            telegram_api=telegram.api,
            owners=("telegram:1",),
        )
        async with open_app(settings, JumpingClock(AFTERNOON), None) as app:
            with pytest.raises(HaberdarError) as raised:
                await asyncio.wait_for(app.serve(asyncio.Event()), 15)
    said = str(raised.value)
    assert "HABERDAR_TELEGRAM_TOKEN" in said
    assert "\n" not in said
    assert "987654" not in said


@pytest.mark.parametrize("delay", [0, 0.2, 1.0], ids=["at once", "reading", "placing"])
async def test_it_ends_within_seconds_at_any_moment_and_leaves_no_task(tmp_path: Path, delay: float) -> None:
    async with running_town(tmp_path, now=AFTERNOON) as town:
        await town.says(OWNER, "/watch Arslan Bozdaliev")
        for number in range(60):
            town.drops(f"harbour-post/{number}.txt", f"News {number}\n\nArslan Bozdaliev wrote letter {number}. " * 20)
        await town.telegram.types(OWNER, "/who Arslan Bozdaliev")
        await asyncio.sleep(delay)
        begun = time.monotonic()
    assert time.monotonic() - begun < 8
    left = [str(task.get_coro()) for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert not [task for task in left if any(room in task for room in ("Sender", "Step", "Service", "Front", "Engine"))]
