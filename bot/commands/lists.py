"""The names a chat watches."""

from bot.commands.lines import line
from bot.commands.registry import Ask, command
from bot.request import Button, Line, Reply
from digests.desk import NameLine

_ON_A_PAGE = 20


@command("names")
async def names(ask: Ask) -> Reply:
    """Return the list, the longest silent first, a page at a time."""
    known = await ask.desk.names()
    if not known:
        return Reply.words("names.none", slash=ask.slash)
    pages = -(-len(known) // _ON_A_PAGE)
    page = min(max(int(ask.rest), 1), pages) if ask.rest.isdecimal() else 1
    first = (page - 1) * _ON_A_PAGE
    lines = [line("names.head", n=len(known))]
    lines += [_line(ask, each) for each in known[first : first + _ON_A_PAGE]]
    return Reply(lines=tuple(lines), buttons=_turns(page, pages))


def _line(ask: Ask, known: NameLine) -> Line:
    if known.last_at is None:
        return line("names.silent", name=known.name.label)
    last = ask.words.short(known.last_at, ask.chat.zone, ask.desk.now)
    return line("names.line", name=known.name.label, last=last, n=known.articles)


def _turns(page: int, pages: int) -> tuple[tuple[Button, ...], ...]:
    row = []
    if page > 1:
        row.append(Button(words="button.back", command="names", rest=str(page - 1)))
    if page < pages:
        row.append(Button(words="button.more", command="names", rest=str(page + 1)))
    return (tuple(row),) if row else ()
