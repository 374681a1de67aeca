"""Running Haberdar: one pass, the service, a rehearsal of a chat's next digest, and the demonstration."""

import asyncio
import json
import shlex
import signal
import sys
from collections.abc import Collection
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import quiet_log, reading, run, screen
from bot.roles import ALL_ROLES, Role
from bot.settings import Settings, load
from digests.errors import HaberdarError

if TYPE_CHECKING:
    from rich.console import Console

    from bot.app import App
    from digests.model import WatchedName

# What marks a data folder as made by `make run`, so that the next one may empty it.
DEMO_MARK = ".made-by-make-run"
_CONNECT = (
    "put HABERDAR_TELEGRAM_TOKEN (from @BotFather) and HABERDAR_OWNERS=telegram:YOUR_ID into .env,",
    "for Slack HABERDAR_SLACK_BOT_TOKEN and HABERDAR_SLACK_APP_TOKEN, then: make serve (more in README.md)",
)


@click.command()
@click.option(
    "--seeds",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The drop folder to read, for this once.",
)
@click.option("--dry-run", is_flag=True, help="Keep and send nothing: only show what would be told.")
@click.option("--json", "as_json", is_flag=True, help="For programs: what the screen would be told, as JSON.")
def once(seeds: Path | None, dry_run: bool, as_json: bool) -> None:
    """Poll, place, write and deliver once; on the screen when no chat service is set up."""
    settings = load(**({"seeds_dir": seeds} if seeds else {}))
    run(_once(settings, dry_run=dry_run, as_json=as_json))


@click.command()
@click.option(
    "--role",
    "roles",
    type=click.Choice(("all", *(role.value for role in Role))),
    multiple=True,
    default=("all",),
    help="Do only this, and so for each given: with PostgreSQL, any number of processes may share the work.",
)
def serve(roles: tuple[str, ...]) -> None:
    """Run the service until SIGTERM or Ctrl-C."""
    run(_serve(load(), ALL_ROLES if "all" in roles else frozenset(Role(role) for role in roles)))


@click.command(hidden=True)
def demo() -> None:
    """Do what `make run` shows: the main job on the embedded database, in a folder of its own."""
    settings = load()
    if "data_dir" not in settings.model_fields_set:
        settings = load(data_dir=Path("var/demo"))
    if settings.database_url is not None:
        settings = settings.model_copy(update={"database_url": None})
    _empty(settings.data_dir)
    run(_demo(settings))


@click.command()
@click.argument("chat")
def preview(chat: str) -> None:
    """Show the next digest of CHAT (such as telegram:123) as it would be sent now; nothing is consumed."""
    run(_preview(chat))


async def _once(settings: Settings, *, dry_run: bool, as_json: bool) -> None:
    from bot.app import open_app, rehearsal, show_written
    from bot.clock import SystemClock
    from digests.store.db import hold_lock

    quiet_log()
    console = screen()
    console.quiet = as_json
    # A rehearsal of a bot with services shows their chats; the screen's own two are for those who have none.
    own = None if dry_run and settings.has_service() else console
    async with rehearsal(settings, dry_run=dry_run) as chosen:
        with hold_lock(*chosen.held_folders()):
            async with open_app(chosen, SystemClock(), own) as app:
                began = app.clock.now()
                faults = await _pass(app, console)
                refusals = await app.refusals()
                if as_json:
                    click.echo(json.dumps(await app.engine.written_since(began), ensure_ascii=False))
                elif own is None and not await show_written(console, app.engine, began, now=app.clock.now()):
                    console.print("Nothing would be sent now.")
    for source, why in faults:
        click.echo(f"haberdar: {source}: {why}", err=True)
    if refusals:
        names = " and ".join(refusals)
        raise HaberdarError(f"{names}: the token is not accepted, so nothing was sent; see `haberdar doctor`")


async def _pass(app: "App", console: "Console") -> tuple[tuple[str, str], ...]:
    """Do one pass, with a line of progress on a terminal."""
    if not console.is_terminal or console.quiet:
        return await app.pass_once(lambda _: None)
    with console.status("Reading the sources ...") as status:
        return await app.pass_once(lambda words: status.update(words) if words else status.stop())


async def _serve(settings: Settings, roles: Collection[Role]) -> None:
    stop = asyncio.Event()
    # Before anything heavy is loaded: who stops us while we start is heard as well.
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    from bot.app import open_app
    from bot.clock import SystemClock
    from bot.logs import start_log
    from digests.store.db import hold_lock

    start_log(settings.log)
    # SQLite works in a thread; by default it would wait 5 ms for the interpreter at every statement of a busy loop.
    sys.setswitchinterval(0.0005)
    is_alone = settings.database_file() is not None
    if is_alone and roles != ALL_ROLES:
        raise HaberdarError("--role shares the work among processes, which SQLite cannot; set HABERDAR_DATABASE_URL")
    with hold_lock(*settings.held_folders()) if is_alone else nullcontext():
        async with open_app(settings, SystemClock(), None) as app:
            if not app.has_service:
                raise HaberdarError(
                    "no chat service is set up; put HABERDAR_TELEGRAM_TOKEN (or the two Slack tokens) and "
                    "HABERDAR_OWNERS into .env (README: Connect Telegram, Connect Slack)"
                )
            await app.serve(stop, roles)


async def _demo(settings: Settings) -> None:
    from bot.app import WITHOUT_SERVICES, open_app
    from bot.clock import SystemClock

    quiet_log()
    settings = settings.model_copy(update=WITHOUT_SERVICES)
    console = screen()
    async with open_app(settings, SystemClock(), console) as app:
        await _pass(app, console)
        names = await _to_try(app)
    at = f"HABERDAR_DATA_DIR={shlex.quote(str(settings.data_dir))} .venv/bin/haberdar"
    console.rule(style="dim")
    console.print("Look somebody up in what was read:", style="bold")
    # Lines to copy: never broken, however narrow the screen is.
    for name in names:
        console.print(f"  {at} who {shlex.quote(name)}", markup=False, soft_wrap=True)
    console.print("Connect Telegram and Slack:", style="bold")
    for line in _CONNECT:
        console.print(f"  {line}", markup=False, soft_wrap=True)


async def _to_try(app: "App") -> tuple[str, ...]:
    """Return two people who were just found often, written in another script than the list writes them."""
    from digests.engine import SCREEN
    from digests.model import Kind

    async with app.engine.desk(next(iter(SCREEN)), changes=False) as desk:
        found = [line for line in await desk.names() if line.articles and line.name.kind is Kind.PERSON]
    often = sorted(found, key=lambda line: (-line.articles, line.name.label))[:2]
    return tuple(_in_cyrillic(line.name) for line in often) or ("Emil Kurbedinov",)


def _in_cyrillic(name: "WatchedName") -> str:
    return next((s.text for s in name.spellings if s.active and "А" <= s.text[0] <= "я"), name.label)


async def _preview(key: str) -> None:
    from bot.app import show_message

    async with reading() as engine, engine.desk(key, changes=False) as desk:
        if desk.chat is None:
            raise HaberdarError(f"{key}: this chat was never opened; `haberdar chats` lists those that were")
        digest = await desk.digest()
        await show_message(screen(), desk.chat, digest, now=desk.now)


def _empty(folder: Path) -> None:
    """Empty the demonstration's folder, if an earlier one made it; refuse any other that holds something."""
    import shutil

    try:
        if folder.exists() and any(folder.iterdir()):
            if not (folder / DEMO_MARK).exists():
                raise HaberdarError(
                    f"{folder}: this folder holds data that `make run` did not make, and it would be emptied; "
                    "name another in HABERDAR_DATA_DIR"
                )
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / DEMO_MARK).write_text("`make run` may empty this folder.\n", encoding="utf-8")
    except OSError as error:
        raise HaberdarError(
            f"{folder}: cannot be written ({error.strerror}); name another in HABERDAR_DATA_DIR"
        ) from None
