"""Who gets what, what became of it, and what needs a person."""

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from bot.cli.opening import changing, reading, run, screen
from bot.settings import load
from digests.errors import HaberdarError

if TYPE_CHECKING:
    from digests.model import Delivery

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@click.command()
def chats() -> None:
    """List the chats with their state, names and next digest."""
    run(_chats())


@click.group(invoke_without_command=True)
@click.option("--parked", is_flag=True, help="Only those that were given up and wait for you.")
@click.option("--since", default="3d", show_default=True, help="How far back: 90m, 12h, 3d, 2w.")
@click.pass_context
def deliveries(context: click.Context, parked: bool, since: str) -> None:
    """Show the ledger: what was sent where, what waits and what failed."""
    if context.invoked_subcommand is None:
        run(_deliveries(parked=parked, since=span(since)))


@deliveries.command()
@click.argument("delivery")
def retry(delivery: str) -> None:
    """Send a parked DELIVERY again."""
    run(_retry(delivery))


@click.command()
@click.option("--quiet", is_flag=True, help="Say only what is wrong.")
@click.option("--mend", is_flag=True, help="Also try stuck articles again.")
def doctor(quiet: bool, mend: bool) -> None:
    """Check settings, database, tokens, sources and deliveries; status 1 when something needs a person."""
    from rich.text import Text

    from bot.doctor import examine

    findings = run(examine(load(), mend=mend))
    console = screen()
    for finding in findings:
        if finding.is_ill or not quiet:
            mark = ("needs you  ", "bold red") if finding.is_ill else ("good       ", "green")
            console.print(Text.assemble(mark, f"{finding.what}: {finding.says}"), soft_wrap=True)
    if any(finding.is_ill for finding in findings):
        raise SystemExit(1)


def span(text: str) -> timedelta:
    """Return a span as typed ("90m", "12h", "3d", "2w"); `HaberdarError` with an example for anything else.

    >>> span("12h")
    datetime.timedelta(seconds=43200)
    """
    number, unit = text[:-1], text[-1:]
    if not number.isdecimal() or unit not in _UNITS or len(number) > 4:
        raise HaberdarError(f"--since {text}: not a span of time; try 12h or 3d")
    return timedelta(**{_UNITS[unit]: int(number)})


async def _chats() -> None:
    from rich.table import Table
    from rich.text import Text

    from digests.model import SubscriptionKind
    from digests.store.chats import Chats
    from digests.store.lists import Lists

    table = Table("chat", "state", "zone", "names", "digests", "next (UTC)", box=None, header_style="bold")
    async with reading() as engine, engine.database.read() as tx:
        store = Chats(tx, engine.database.vault)
        for chat in await store.all():
            names = await Lists(tx).names_of(chat.id)
            digests = [s for s in await store.subscriptions(chat.id) if s.kind is not SubscriptionKind.ALERTS]
            due = min((s.next_due_at for s in digests if s.next_due_at), default=None)
            state = f"{chat.state.value}: {chat.reason}" if chat.reason else chat.state.value
            when = "; ".join(s.when for s in digests) or "none"
            row = (chat.key, state, chat.zone, str(len(names)), when, f"{due:%d %b, %H:%M}" if due else "")
            table.add_row(*(Text(cell) for cell in row))
    if not table.row_count:
        screen().print("No chats yet. An owner opens the first by writing to the bot.")
        return
    screen().print(table)


async def _deliveries(*, parked: bool, since: timedelta) -> None:
    from rich.table import Table
    from rich.text import Text

    from bot.clock import SystemClock
    from digests.store.outbox import Outbox

    async with reading() as engine, engine.database.read() as tx:
        outbox = Outbox(tx, engine.database.vault)
        rows = await (outbox.parked() if parked else outbox.ledger(SystemClock().now() - since))
    if not rows:
        screen().print("Nothing is parked." if parked else "Nothing was written in this time.")
        return
    table = Table("id", "written", "kind", "lane", "state", "tries", "last", box=None, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in _cells(row)))
    screen().print(table)


def _cells(row: "Delivery") -> tuple[str, ...]:
    from digests.model import DeliveryState

    state = "replaced" if row.was_replaced else row.state.value
    if row.doubt:
        state += " (repeated)" if row.state is DeliveryState.SENT else " (in doubt)"
    return (
        row.id,
        f"{row.created_at:%d %b %H:%M:%S}",
        row.of.value,
        row.lane,
        state,
        str(row.attempts),
        row.last or "",
    )


async def _retry(delivery: str) -> None:
    from bot.clock import SystemClock
    from digests.model import ChatState, DeliveryId
    from digests.store.chats import Chats
    from digests.store.outbox import Outbox

    async with changing() as engine, engine.database.write() as tx:
        outbox = Outbox(tx, engine.database.vault)
        parked = await outbox.get(DeliveryId(delivery))
        if parked is None or not await outbox.retry(parked.id, SystemClock().now()):
            raise HaberdarError(f"{delivery}: no parked delivery has this id; see `haberdar deliveries --parked`")
        chat = await Chats(tx, engine.database.vault).get(parked.chat)
    is_away = chat is not None and chat.state is not ChatState.ACTIVE
    when = "when its chat can be told again; see `haberdar chats`" if is_away else "at the service's next look"
    screen().print(f"It goes out again {when}.")
