"""The service is killed without a word, again and again, while people ask and outlets publish: nothing may be lost."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.gang import fight
from tests.crash.storm import Plan, Storm, storm
from tests.postgres import running_server

SMALL = Plan(kills=10, telegram=7, slack=2, articles=12, commands=70, calm_s=120)
LONG = Plan(kills=50, telegram=14, slack=3, articles=60, commands=250, calm_s=300)


async def test_ten_kills_lose_no_alert_and_no_command_and_leave_no_repeat_without_its_mark(tmp_path: Path) -> None:
    assert _faults(await storm(tmp_path / "storm", replace(SMALL, is_forked=True), print)) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
async def test_fifty_kills_lose_no_alert_and_no_command(tmp_path: Path, seed: int) -> None:
    assert _faults(await storm(tmp_path / "storm", replace(LONG, seed=seed), print)) == []


@pytest.mark.slow
async def test_ten_kills_on_postgresql_lose_no_alert_and_no_command(tmp_path: Path) -> None:
    with running_server() as server:
        plan = replace(SMALL, calm_s=240, database_url=await server.make())
        assert _faults(await storm(tmp_path / "storm", plan, print)) == []


@pytest.mark.slow
async def test_of_five_processes_some_die_and_some_hang_past_their_lease_and_nothing_is_doubled_unmarked(
    tmp_path: Path,
) -> None:
    with running_server() as server:
        plan = replace(SMALL, kills=9, commands=120, articles=18, calm_s=240, database_url=await server.make())
        over = await fight(tmp_path / "fight", plan, print)

    assert over.tally.faults == []
    assert over.undone == [], "commands whose effect is not there, or there twice"
    assert (over.deaths, over.hung) == (6, 3)
    assert "Traceback" not in over.log, over.log[over.log.index("Traceback") - 200 :][:4_000]


def _faults(over: Storm) -> list[str]:
    """Return what went wrong: `undone` are commands without their effect or with two, `strays` processes left over."""
    tally = over.tally
    counted = {
        "lost": tally.lost,
        "command lost": tally.commands_lost,
        "command doubled": tally.commands_doubled,
        "doubled without a mark": tally.doubled_unmarked,
        "undone": over.undone,
        "stray": over.strays,
    }
    faults = [f"{kind}: {each}" for kind, found in counted.items() for each in found]
    if "Traceback" in over.log:
        faults.append(over.log[max(0, over.log.index("Traceback") - 200) :][:4_000])
    return faults
