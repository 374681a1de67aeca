"""Watching names and no longer watching them."""

import re
from collections.abc import Awaitable

from bot.commands.lines import button_text, line, quote, say_quiet, say_subscriptions, text
from bot.commands.registry import Ask, command, is_id
from bot.request import Button, Line, Reply
from digests.desk import Foreseen, Watched, WatchResult
from digests.errors import AskError
from digests.model import ChatState, WatchedName
from digests.names.fold import fold
from digests.names.same import Likeness, may_be
from digests.watching import ALSO

_MOST_NAMES = 200
_NAMES_ON_BUTTONS = 8
_NAMES_SPELT_OUT = 5
# What people paste: one name a line or parted by commas, with the bullets and numbers of the list it comes from.
_PARTS = re.compile(r"[\n,;]+")
# What a list notes of somebody would be looked for as a part of the name: brackets at the end, and a dash with what
# follows it behind two words or more ("Radio - Steppe" is a name).
_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_DASHED = re.compile(r"^(\S+(?:\s+[^\s–—-]\S*)+)\s+[-–—]\s.*$")
# The marks of direction and width that a copied name brings along are not seen, and turn the words around it.
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_QUOTED = re.compile('^["“”„«»]([^"“”„«»]*)["“”„«»]$')
_BULLET = re.compile(r"^\s*(?:[-–—•*·]+|\d{1,3}[.)])\s+")


async def _see_names(ask: Ask) -> Foreseen:
    return await ask.desk.keeper.foresee_watch(split_labels(ask.rest)[:_MOST_NAMES])


async def _see_name(ask: Ask) -> Foreseen:
    return await ask.desk.keeper.foresee_rewatch(ask.rest)


@command("watch", "NAME[, NAME...]", changes=True, admin=True, look=_see_names)
async def watch(ask: Ask) -> Reply:
    """Watch names, with one answer that says what became of each."""
    labels = split_labels(ask.rest)
    if not labels:
        return Reply.words("watch.ask", slash=ask.slash)
    if len(labels) > _MOST_NAMES:
        raise AskError("watch.too_many", n=str(len(labels)), most=str(_MOST_NAMES))
    results = await ask.desk.watch(labels, ask.foreseen)
    return await _one(ask, results[0]) if len(results) == 1 else await _many(ask, results)


@command("unwatch", "NAME", changes=True, admin=True)
async def unwatch(ask: Ask) -> Reply:
    """Stop watching a name, in whatever spelling it is given; bare, offer the names."""
    if ask.rest:
        near = await _near(ask)
        if near:
            buttons = [_label_button("unwatch", name) for name in near[:_NAMES_ON_BUTTONS]]
            return Reply.words("unwatch.which", *buttons, asked=ask.rest)
        name = await _or_gone(ask, ask.desk.keeper.unwatch(ask.rest))
        undo = Button(words="button.undo", command="rewatch", rest=name.id)
        return Reply.words("unwatch.done", undo, name=name.label)
    names = [known.name for known in await ask.desk.names()]
    buttons = [_label_button("unwatch", name) for name in names[:_NAMES_ON_BUTTONS]]
    return Reply.words("unwatch.ask" if names else "names.none", *buttons, slash=ask.slash)


@command("rewatch", "ID", changes=True, admin=True, hidden=True, look=_see_name)
async def rewatch(ask: Ask) -> Reply:
    """Undo an `unwatch`."""
    name = await _or_gone(ask, ask.desk.keeper.rewatch(ask.rest, ask.foreseen))
    return Reply.words("watch.again", name=name.label)


def split_labels(text: str) -> tuple[str, ...]:
    """Return the names of a pasted list, in order, without repeats.

    >>> split_labels("1. Arslan Bozdaliev\\n- Halyna Vitrolom, Arslan Bozdaliev")
    ('Arslan Bozdaliev', 'Halyna Vitrolom')
    """
    shown = _UNSEEN.sub("", text)
    parts = (_label(part) for part in _PARTS.split(shown))
    return tuple(dict.fromkeys(part for part in parts if part.strip(ALSO)))


def _label(part: str) -> str:
    """Return the name in one line of a list, without its bullet, its quotes and what is noted behind it."""
    name = _BULLET.sub("", part).strip()
    name = _DASHED.sub(r"\1", _BRACKETS.sub("", name) or name)
    return _QUOTED.sub(r"\1", name)


async def _near(ask: Ask) -> list[WatchedName]:
    """Return the names that may be meant where none surely is.

    They share a word with what was typed, or it is a surname alone in a spelling that none has: the same ending makes
    a case of his name and the name of his wife, and the wrong one must not be dropped.
    """
    names = [known.name for known in await ask.desk.names()]
    same = [name for name in names if name.id == ask.rest or may_be(name, ask.rest) is not Likeness.OTHER]
    asked = fold(ask.rest).split()
    written = {fold(each.text) for name in same for each in name.spellings}
    if is_id(ask.rest) or (same and (len(asked) > 1 or " ".join(asked) in written)):
        return []
    if same:
        return same
    return [name for name in names if {*asked} & {word for each in name.spellings for word in fold(each.text).split()}]


async def _or_gone(ask: Ask, work: Awaitable[WatchedName]) -> WatchedName:
    """Return the name; of one that a button meant, say that it is gone, for an id tells a person nothing."""
    try:
        return await work
    except AskError:
        if is_id(ask.rest):
            raise AskError("unwatch.gone") from None
        raise


async def _one(ask: Ask, result: WatchResult) -> Reply:
    match result.outcome, result.name:
        case Watched.ADDED, WatchedName() as name:
            buttons = [Button(words="button.other_hours", command="when"), _undo(name)]
            lines = [line("watch.added", name=name.label), *_left_out(result)]
            if not ask.request.is_group:
                lines += [*await _what_comes(ask), *_stored(ask, result)]
            return Reply(lines=tuple(lines), buttons=(tuple(buttons),))
        case Watched.UNSURE, WatchedName() as name:
            also = Button(words="button.watch_too", command="watch", rest=f"{ALSO}{result.asked}")
            return Reply.words("watch.unsure", also, asked=result.asked, name=name.label)
        case Watched.KNOWN, WatchedName() as name:
            return Reply.words("watch.known", _who(name), asked=result.asked, name=name.label)
        case _:
            return Reply.words(_refused(result), asked=_shown(result))


def _left_out(result: WatchResult) -> list[Line]:
    if not result.left_out or result.name is None:
        return []
    return [line("watch.left_out", words=result.left_out, name=result.name.label)]


async def _what_comes(ask: Ask) -> list[Line]:
    said, chat = ask.words, ask.chat
    if chat.state is ChatState.PAUSED:
        return [line("pause.done")]
    spoken = [said.say("watch.alert_comes")] if chat.alerts else [said.say("alerts.off")]
    spoken += say_subscriptions(ask, await ask.desk.subscriptions())
    if chat.alerts and chat.quiet:
        spoken.append(say_quiet(said, chat.quiet))
    return [text(spoken)]


def _stored(ask: Ask, result: WatchResult) -> list[Line]:
    if not result.newest:
        return []
    return [line("watch.stored", n=result.articles), quote(ask, result.newest)]


async def _many(ask: Ask, results: tuple[WatchResult, ...]) -> Reply:
    added = [each for each in results if each.outcome is Watched.ADDED]
    known = [each for each in results if each.outcome is Watched.KNOWN]
    unsure = [each for each in results if each.outcome is Watched.UNSURE]
    refused = [each for each in results if each.outcome in (Watched.COMMON, Watched.UNREADABLE)]
    lines = [line("watch.many", n=len(results), added=len(added))]
    if known:
        lines.append(line("watch.many_known", n=len(known), names=_spelt_out([each.asked for each in known])))
    lines += [each for result in added for each in _left_out(result)]
    lines += [line("watch.unsure", asked=each.asked, name=each.name.label) for each in unsure if each.name]
    lines += [line(_refused(each), asked=_shown(each)) for each in refused]
    count = len(await ask.desk.names())
    all_names = Button(words="button.all_names", command="names", fields=(("n", str(count)),))
    too = [
        Button(words=button_text(each.asked), command="watch", rest=f"{ALSO}{each.asked}", is_text=True)
        for each in unsure[:_NAMES_ON_BUTTONS]
    ]
    rows = [*([all_names] if count else []), *too]
    return Reply(lines=tuple(lines), buttons=tuple((button,) for button in rows))


def _spelt_out(labels: list[str]) -> str:
    return ", ".join(labels[:_NAMES_SPELT_OUT]) + (" …" if len(labels) > _NAMES_SPELT_OUT else "")


def _refused(result: WatchResult) -> str:
    return "watch.common" if result.outcome is Watched.COMMON else "watch.unreadable"


def _shown(result: WatchResult) -> str:
    return result.asked if len(result.asked) <= 60 else f"{result.asked[:59]}…"


def _undo(name: WatchedName) -> Button:
    return Button(words="button.undo", command="unwatch", rest=name.id)


def _who(name: WatchedName) -> Button:
    return Button(words="button.who", command="who", rest=name.label)


def _label_button(command_name: str, name: WatchedName) -> Button:
    return Button(words=button_text(name.label), command=command_name, rest=name.id, is_text=True)
