"""Kill the running service again and again while people ask and outlets publish; count what arrives.

    python -m tests.bench crash [--kills 20] [--engine sqlite|postgres] [--seed 1] [--messages 1000]

A message without its repeat's mark that comes twice, a third copy, an alert or an answer that does not come: each is a
defect, and the status is 1.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tests.crash.storm import Plan, Storm, storm

_TELEGRAM, _SLACK = 26, 6
# Most messages are answers, which come one by one; alerts that a kill held up come together, as one digest.
_ANSWERS, _ARTICLES = 0.9, 0.06
_CALM_S = 240.0
_LIMIT_S, _LIMIT_S_A_KILL = 600.0, 40.0


def main(argv: Sequence[str]) -> int:
    """Run the storm; the last line of standard output is the count."""
    parser = argparse.ArgumentParser(prog="tests.bench crash")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messages", type=int, default=1_000)
    args = parser.parse_args(argv)
    plan = Plan(
        kills=args.kills,
        telegram=_TELEGRAM,
        slack=_SLACK,
        articles=round(args.messages * _ARTICLES),
        commands=round(args.messages * _ANSWERS),
        calm_s=_CALM_S,
        seed=args.seed,
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="haberdar-crash-")))
        if args.engine == "postgres":
            from tests.postgres import running_server

            server = stack.enter_context(running_server())
            plan = replace(plan, database_url=asyncio.run(server.make()))
        over = asyncio.run(_bounded(folder / "storm", plan))
    faults = [*over.tally.faults, *over.undone, *over.strays]
    for fault in faults:
        _say(fault)
    print(json.dumps(over.as_json()))  # noqa: T201
    return int(bool(faults))


async def _bounded(folder: Path, plan: Plan) -> Storm:
    async with asyncio.timeout(_LIMIT_S + _LIMIT_S_A_KILL * plan.kills):
        return await storm(folder, plan, _say)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
