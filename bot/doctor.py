"""What is well and what needs a person: settings, database, tokens, sources, articles, deliveries."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from bot.clock import SystemClock
from bot.settings import Settings, secret, unknown_variables
from digests.engine import Engine
from digests.errors import HaberdarError
from digests.model import Source
from digests.sources.rhythm import trouble
from digests.store.articles import Articles
from digests.store.health import fault_of
from digests.store.outbox import Outbox
from digests.store.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at, and how it is."""

    what: str
    says: str
    is_ill: bool = False


async def examine(settings: Settings, *, mend: bool = False) -> tuple[Finding, ...]:
    """Look at everything; never raises for what is ill, that is a finding."""
    from bot.app import open_engine

    findings = [_settings(), _book(settings)]
    try:
        async with open_engine(settings, SystemClock(), read_only=not mend) as engine:
            findings += [finding async for finding in _store(engine, mend=mend)]
    except HaberdarError as error:
        findings.append(Finding(what="database", says=str(error), is_ill=True))
    findings += [await _telegram(settings), await _slack(settings)]
    if not settings.owners:
        says = "nobody owns this bot, so no chat can be opened; set HABERDAR_OWNERS"
        findings.append(Finding(what="owners", says=says, is_ill=settings.access == "invited" and _has_token(settings)))
    return tuple(findings)


def _settings() -> Finding:
    """Name variables that are no settings: not ill, for another program may own them."""
    unknown = unknown_variables()
    return Finding(what="settings", says="read" + (f"; not known and ignored: {', '.join(unknown)}" if unknown else ""))


def _book(settings: Settings) -> Finding:
    from bot.app import read_book

    try:
        return Finding(what="names", says=f"{len(read_book(settings.names_file))} in {settings.names_file}")
    except HaberdarError as error:
        return Finding(what="names", says=str(error), is_ill=True)


async def _store(engine: Engine, *, mend: bool) -> AsyncIterator[Finding]:
    if mend:
        mended = await engine.unstick()
        yield Finding(what="mended", says=f"{mended} stuck articles are tried again")
    async with engine.database.read() as tx:
        fault = await fault_of(engine.database)
        yield Finding(what="database", says=fault or f"{engine.database.kind}, whole", is_ill=fault is not None)
        for source in await Sources(tx).all():
            if (says := _ails(source, engine.now())) is not None:
                yield Finding(what=f"source {source.title or source.address}", says=says, is_ill=True)
        stuck = await Articles(tx).stuck()
        yield Finding(what="articles", says=f"{len(stuck)} stuck", is_ill=bool(stuck))
        outbox = Outbox(tx, engine.database.vault)
        parked = await outbox.parked()
        says = f"{len(parked)} parked" + ("; see: haberdar deliveries --parked" if parked else "")
        yield Finding(what="deliveries", says=says, is_ill=bool(parked))


def _ails(source: Source, now: datetime) -> str | None:
    """Return what is ill of a source: it cannot be read, was ended, or gives nothing any more."""
    match trouble(source, now):
        case "gone":
            return f"read no more: {source.last_error}"
        case "silent":
            return "it can be read, but has had nothing new for far longer than is its habit; look whether it has moved"
        case "flood":
            return "it gives more articles a day than any outlet writes; those of all others are placed before them"
        case _:
            return source.last_error if source.enabled else None


async def _telegram(settings: Settings) -> Finding:
    token = secret(settings.telegram_token)
    if token is None:
        return Finding(what="Telegram", says="not set up")
    from bot.telegram.client import make_bot
    from bot.telegram.health import token_fault

    fault = await token_fault(make_bot(token, settings.telegram_api, settings.proxy_telegram))
    return Finding(what="Telegram", says=fault or "the token is good", is_ill=fault is not None)


async def _slack(settings: Settings) -> Finding:
    token = secret(settings.slack_bot_token)
    if token is None:
        return Finding(what="Slack", says="not set up")
    from bot.slack.client import close_client, make_client
    from bot.slack.health import token_fault

    client = make_client(token, settings.slack_api)
    try:
        fault = await token_fault(client)
    finally:
        await close_client(client)
    return Finding(what="Slack", says=fault or "the token is good", is_ill=fault is not None)


def _has_token(settings: Settings) -> bool:
    return settings.telegram_token is not None or settings.slack_bot_token is not None
