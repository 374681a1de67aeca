"""What a chat wants of a name: that it wakes people, that it is muted, that its silence is told."""

from datetime import timedelta

from bot.commands.lines import button_text, choice, is_on, line
from bot.commands.registry import Answer, Ask, command
from bot.request import Button, Reply
from digests.errors import AskError
from digests.model import WatchedName
from digests.schedule.spans import split_span
from digests.telling.wishes import LONGEST_MUTE, LONGEST_SILENCE, SHORTEST_SILENCE

_DAY = timedelta(days=1)
_MUTED_FOR, _SILENT_FOR = timedelta(days=7), timedelta(days=30)
_SHORTEST_MUTE = timedelta(minutes=1)
_CHOICES = 8


@command("urgent", "NAME on|off", changes=True, admin=True)
async def urgent(ask: Ask) -> Reply:
    """Show or set which names break the quiet hours."""
    if not ask.rest:
        there = [name for name, wish in await ask.desk.wishes.all() if wish.urgent]
        lines = [line("urgent.name", name=name.label) for name in there] or [line("urgent.none")]
        buttons = _each("urgent", there, "off")
        tap = [line("tap.off")] if buttons else []
        return Reply(lines=(*lines, *tap, line("urgent.ask", slash=ask.slash)), buttons=buttons)
    label, on = _switched(ask.rest)
    name = await ask.desk.wishes.set_urgent(label, on=on)
    undo = Button(words="button.undo", command="urgent", rest=f"{name.id} {'off' if on else 'on'}")
    return Reply.words("urgent.on" if on else "urgent.off", undo, name=name.label)


@command("mute", "NAME 7d", changes=True, admin=True)
async def mute(ask: Ask) -> Reply:
    """Show which names are muted, or mute one for a while; the mute ends by itself."""
    if not ask.rest:
        wanted = [(name, wish.muted_until) for name, wish in await ask.desk.wishes.all()]
        there = [(name, at) for name, at in wanted if at is not None and at > ask.desk.now]
        lines = [line("mute.name", name=n.label, until=ask.moment(at)) for n, at in there] or [line("mute.none")]
        buttons = _each("unmute", [name for name, _ in there], "")
        tap = [line("tap.off")] if buttons else []
        return Reply(lines=(*lines, *tap, line("mute.ask", slash=ask.slash)), buttons=buttons)
    label, span = await _with_span(ask, "mute.unknown", _MUTED_FOR, most=LONGEST_MUTE)
    name, until = await ask.desk.wishes.mute(label, span)
    undo = Button(words="button.undo", command="unmute", rest=name.id)
    return Reply.words("mute.name", undo, name=name.label, until=ask.moment(until or ask.desk.now))


@command("unmute", "NAME", changes=True, admin=True)
async def unmute(ask: Ask) -> Answer:
    """End the mute of a name now."""
    if not ask.rest:
        return await mute(ask)
    name, _ = await ask.desk.wishes.mute(ask.rest, None)
    return Reply.words("mute.over", Button(words="button.mute", command="mute", rest=f"{name.id} 7d"), name=name.label)


@command("silence", "NAME 30d|off", changes=True, admin=True)
async def silence(ask: Ask) -> Reply:
    """Show or set for which names it is told that nothing was read for so long."""
    if not ask.rest:
        there = [(name, wish.silence) for name, wish in await ask.desk.wishes.all() if wish.silence]
        lines = [line("silence.on", name=name.label, n=span.days) for name, span in there] or [line("silence.none")]
        buttons = _each("silence", [name for name, _ in there], "off")
        tap = [line("tap.off")] if buttons else []
        return Reply(lines=(*lines, *tap, line("silence.ask", slash=ask.slash)), buttons=buttons)
    label, _, last = ask.rest.rpartition(" ")
    if label and is_on(last) is False:
        name = await ask.desk.wishes.set_silence(label, None)
        again = Button(words="button.undo", command="silence", rest=f"{name.id} {_SILENT_FOR.days}d")
        return Reply.words("silence.off", again, name=name.label)
    label, span = await _with_span(ask, "silence.unknown", _SILENT_FOR, least=SHORTEST_SILENCE, most=LONGEST_SILENCE)
    name = await ask.desk.wishes.set_silence(label, span)
    undo = Button(words="button.undo", command="silence", rest=f"{name.id} off")
    return Reply.words("silence.on", undo, name=name.label, n=str(span.days))


def _switched(rest: str) -> tuple[str, bool]:
    """Return a name and whether it is switched on: "NAME off"; a name alone is switched on."""
    label, _, last = rest.rpartition(" ")
    asked = is_on(last)
    return (rest, True) if not label or asked is None else (label, asked)


async def _with_span(
    ask: Ask, unknown: str, usual: timedelta, *, most: timedelta, least: timedelta = _SHORTEST_MUTE
) -> tuple[str, timedelta]:
    """Return a name and the span behind it, the usual one where none is typed; a number alone counts days.

    Raises `AskError(unknown, ...)` with what cannot be meant: a span without a name, or one out of bounds.
    """
    rest = ask.rest
    # "Radio 24" may be a name of this chat.
    is_name = rest[-1:].isdecimal() and await ask.desk.wishes.ends_in(rest)
    label, span = split_span(rest, bare=None if is_name else _DAY)
    span = usual if span is None else span
    if not label or not least <= span <= most:
        raise AskError(unknown, asked=rest.removeprefix(label).strip()[:60])
    return label, span


def _each(command: str, names: list[WatchedName], rest: str) -> tuple[tuple[Button, ...], ...]:
    """Return a button for each name, one a row, that takes its wish back."""
    return tuple((choice(command, f"{name.id} {rest}".strip(), button_text(name.label)),) for name in names[:_CHOICES])
