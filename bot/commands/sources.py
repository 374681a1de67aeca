"""What is read: the list with its health, adding by an address, taking off; for those who run the bot."""

from datetime import datetime

from bot.commands.lines import button_text, line
from bot.commands.registry import Ask, Context, command
from bot.request import Button, Line, Reply
from digests.adding import Offered
from digests.errors import SourceError
from digests.model import Entry, Source
from digests.sources.find import Offer
from digests.sources.rhythm import articles_a_day, trouble

_ON_A_PAGE = 15
_SHOWN_ENTRIES = 3
_SHOWN_NAMES = 8
_SHOWN_OTHERS = 3
_TO_REMOVE = 8


async def look_first(rest: str, context: Context) -> Offer | SourceError | None:
    """Return what stands at the address behind "add"; None when no address does."""
    verb, _, stated = rest.partition(" ")
    if verb.casefold() != "add" or not stated.strip() or context.finder is None:
        return None
    try:
        return await context.finder.find(stated)
    except SourceError as error:
        return error


@command("sources", owner=True)
async def sources(ask: Ask) -> Reply:
    """Return every source with its last good read and what ails it, a page at a time."""
    known = await ask.desk.sources()
    if not known:
        return Reply.words("sources.none", slash=ask.slash)
    pages = -(-len(known) // _ON_A_PAGE)
    page = min(max(int(ask.rest), 1), pages) if ask.rest.isdecimal() else 1
    shown = known[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE]
    lines = [line("sources.head", n=len(known)), *(_line(ask, each) for each in shown)]
    return Reply(lines=tuple(lines), buttons=_turns(page, pages))


@command("source", "add URL | remove", changes=True, owner=True, first=look_first)
async def source(ask: Ask) -> Reply:
    """Show what stands at an address before it is kept, or ask what to take off."""
    verb, _, rest = ask.rest.partition(" ")
    match ask.first:
        case SourceError() as error:
            return Reply.words("source.refused", asked=error.source[:200], why=error.why)
        case Offer() as offer:
            return _offered(ask, await ask.desk.offer_source(offer))
        case _ if verb.casefold() == "remove":
            return await _remove(ask, rest.strip())
        case _:
            return Reply.words("source.ask", slash=ask.slash)


@command("source_on", "ID", changes=True, bare=True, owner=True, hidden=True)
async def source_on(ask: Ask) -> Reply:
    """Read what was offered from now on."""
    kept = await ask.desk.keep_source(ask.rest)
    undo = Button(words="button.undo", command="source_off", rest=kept.id)
    return Reply.words("source.kept", undo, title=kept.title or kept.address)


@command("source_off", "ID", changes=True, bare=True, owner=True, hidden=True)
async def source_off(ask: Ask) -> Reply:
    """Read a source no more."""
    gone = await ask.desk.remove_source(ask.rest)
    undo = Button(words="button.undo", command="source_on", rest=gone.id)
    return Reply.words("source.removed", undo, title=gone.title or gone.address)


def _line(ask: Ask, known: Source) -> Line:
    title = known.title or known.address
    if not known.enabled:
        return line("sources.off", title=title, why=known.last_error or "")
    if known.last_error is not None:
        return line("sources.ill", title=title, why=known.last_error)
    if known.last_success_at is None:
        return line("sources.unread", title=title)
    match trouble(known, ask.desk.now):
        case "silent":
            return line("sources.silent", title=title, since=_when(ask, known.rhythm.last_new_at))
        case "flood":
            return line("sources.flood", title=title, rate=_rate(known, ask))
    if known.rhythm.missed_at is not None:
        return line("sources.missed", title=title, last=_when(ask, known.rhythm.missed_at))
    rate, last, following = _rate(known, ask), _when(ask, known.last_success_at), _when(ask, known.next_poll_at)
    return line("sources.well", title=title, last=last, rate=rate, next=following)


def _rate(known: Source, ask: Ask) -> str:
    rate = articles_a_day(known, ask.desk.now)
    return f"{rate:.0f}" if rate >= 1 or not rate else f"{rate:.1f}"


def _when(ask: Ask, at: datetime | None) -> str:
    return ask.words.short(at or ask.desk.now, ask.chat.zone, ask.desk.now)


def _turns(page: int, pages: int) -> tuple[tuple[Button, ...], ...]:
    row = [Button(words="button.back", command="sources", rest=str(page - 1))] if page > 1 else []
    row += [Button(words="button.more", command="sources", rest=str(page + 1))] if page < pages else []
    return (tuple(row),) if row else ()


def _offered(ask: Ask, offered: Offered) -> Reply:
    lines = [line("source.found", title=offered.source.title, address=offered.source.address), _holds(ask, offered)]
    lines += [_entry(ask, each) for each in reversed(offered.entries[-_SHOWN_ENTRIES:])]
    lines.append(_named(offered))
    lines += [line("source.other", address=each, slash=ask.slash) for each in offered.others[:_SHOWN_OTHERS]]
    if offered.is_known:
        return Reply(lines=(*lines, line("source.known")))
    keep = Button(words="button.keep", command="source_on", rest=offered.source.id)
    return Reply(lines=(*lines, line("source.will_be_read")), buttons=((keep,),))


def _holds(ask: Ask, offered: Offered) -> Line:
    if offered.language is None:
        return line("source.holds", n=len(offered.entries))
    return line("source.holds_in", n=len(offered.entries), language=ask.words.in_language(offered.language))


def _entry(ask: Ask, entry: Entry) -> Line:
    if entry.published_at is None:
        return line("source.entry_undated", title=entry.title)
    return line("source.entry", title=entry.title, at=ask.words.short(entry.published_at, ask.chat.zone, ask.desk.now))


def _named(offered: Offered) -> Line:
    if not offered.named:
        return line("source.names_nobody")
    names = [f"{label} ({count})" for label, count in offered.named[:_SHOWN_NAMES]]
    more = " …" if len(offered.named) > _SHOWN_NAMES else ""
    return line("source.names", names=", ".join(names) + more)


async def _remove(ask: Ask, asked: str) -> Reply:
    """Return buttons for the sources whose title or address holds the words; for all when there are few."""
    known = await ask.desk.sources()
    words = asked.casefold()
    meant = [each for each in known if words in f"{each.title} {each.address}".casefold()]
    buttons = [
        Button(words=button_text(each.title or each.address), command="source_off", rest=each.id, is_text=True)
        for each in meant[:_TO_REMOVE]
    ]
    if not meant:
        return Reply.words("source.none_such", asked=asked)
    is_few = len(meant) <= _TO_REMOVE
    return Reply.words("source.which" if is_few else "source.which_of_many", *buttons, slash=ask.slash)
