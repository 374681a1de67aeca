"""Looking a name up, and looking for words; plain text is a lookup too."""

from bot.commands.lines import line, quote
from bot.commands.registry import Ask, command
from bot.request import Button, Reply
from digests.look import Known
from digests.names.book import why_refused
from digests.names.kinds import guess_kind

_SIGHTINGS = 5
_SENTENCES = 10
_SPELLINGS = 6
_ECHOED = 60
_NAME_CHARS = 200  # a longer text, or one of several lines, is no name


@command("who", "NAME")
async def who(ask: Ask) -> Reply:
    """Say what is stored of a name: how many articles, and the newest sentences that name it."""
    return await _look_up(ask)


@command("", hidden=True)
async def look_up(ask: Ask) -> Reply:
    """Take plain text for a name to look up."""
    return await _look_up(ask)


@command("search", "WORDS")
async def search(ask: Ask) -> Reply:
    """Return sentences of stored articles that hold all the words, newest first."""
    if not ask.rest:
        return Reply.words("search.ask", slash=ask.slash)
    found = await ask.desk.search(ask.rest[:_NAME_CHARS], limit=_SENTENCES)
    asked = ask.rest[:_ECHOED]
    if not found:
        return Reply.words("search.none", asked=asked)
    quotes = [quote(ask, sentence) for sentence in found]
    return Reply(lines=(line("search.found", n=len(found), asked=asked), *quotes))


async def _look_up(ask: Ask) -> Reply:
    if not ask.rest:
        return Reply.words("who.ask", slash=ask.slash)
    if len(ask.rest) > _NAME_CHARS or "\n" in ask.rest:
        return Reply.words("who.not_a_name", slash=ask.slash)
    if why_refused(ask.rest, guess_kind(ask.rest)) == "unreadable":
        return Reply.words("who.unreadable", asked=ask.rest[:_ECHOED])
    return await _answer(ask, await ask.desk.who(ask.rest, limit=_SIGHTINGS))


async def _answer(ask: Ask, known: Known) -> Reply:
    if known.articles:
        lines = [line("who.known", n=known.articles, name=known.label)]
        lines += [quote(ask, each.sentence, each.form) for each in known.sightings]
    else:
        lines = [line("who.unknown", asked=known.asked)]
    if known.spellings:
        shown = ", ".join(known.spellings[:_SPELLINGS])
        more = len(known.spellings) - _SPELLINGS
        key = "who.spellings_more" if more > 0 else "who.spellings"
        lines.append(line(key, spellings=shown, n=max(more, 0)))
    return Reply(lines=tuple(lines), buttons=await _buttons(ask, known))


async def _buttons(ask: Ask, known: Known) -> tuple[tuple[Button, ...], ...]:
    if known.watched and any(each.name.id == known.watched.id for each in await ask.desk.names()):
        return ((Button(words="button.unwatch", command="unwatch", rest=known.watched.id),),)
    return ((Button(words="button.watch", command="watch", rest=known.label),),)
