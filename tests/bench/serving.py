"""The real service in a process of its own, beside a fake Telegram: what `pace` and `latency` measure."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.crash.child import CHECKOUT, Child
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_shapes import Limits

OWNER = 77


@asynccontextmanager
async def serving(
    folder: Path, database_url: str | None, limits: Limits | None
) -> AsyncIterator[tuple[FakeTelegram, Child, str]]:
    """Give the fake, the service that is not started yet, and its database's address; whatever lives ends after."""
    (folder / "seeds").mkdir()
    (folder / "data").mkdir()
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(FakeTelegram(limits=limits))
        settings = {
            "HABERDAR_DATA_DIR": str(folder / "data"),
            "HABERDAR_SEEDS_DIR": str(folder / "seeds"),
            "HABERDAR_NAMES_FILE": str(CHECKOUT / "config/names.toml"),
            "HABERDAR_TELEGRAM_TOKEN": telegram.token,
            "HABERDAR_TELEGRAM_API": telegram.api,
            "HABERDAR_OWNERS": f"telegram:{OWNER}",
            "HABERDAR_ACCESS": "anyone",
            **({"HABERDAR_DATABASE_URL": database_url} if database_url else {}),
        }
        child = Child(folder, settings)
        stack.push_async_callback(child.is_over)
        yield telegram, child, database_url or f"sqlite:///{folder / 'data' / 'haberdar.db'}"


def percentile(values: Sequence[float], share: int) -> float:
    """Return the value that so many of a hundred do not pass."""
    ranked = sorted(values)
    return ranked[min(len(ranked) * share // 100, len(ranked) - 1)]
