"""Digests: now, and when they come."""

from bot.commands.lines import choice, line, say_subscriptions, text
from bot.commands.registry import Answer, Ask, command
from bot.request import Button, Reply
from digests.model import StoryId, Subscription, SubscriptionKind
from digests.schedule.typed import meanings

_USUAL = ("daily 08:00", "weekdays 08:00, 18:00", "mon 09:30", "every 4h")
_USUAL_RECAPS = ("recap mon 09:30", "recap sun 18:00")
_OFF = Button(words="button.when_off", command="when", rest="off")
_RECAP_OFF = Button(words="button.recap_off", command="when", rest="recap off")


@command("digest")
async def digest(ask: Ask) -> Answer:
    """Return what is new since the last digest; the next one loses nothing by it."""
    return await ask.desk.digest()


def _only_shows(rest: str) -> bool:
    return meanings(rest) in (["recap"], ["now"])


@command("when", "daily 08:00", changes=True, shows=_only_shows, admin=True)
async def when(ask: Ask) -> Reply:
    """Show or set when digests come, with the next time and a way back."""
    before = await ask.desk.subscriptions()
    match meanings(ask.rest):
        case []:
            return _shown(ask, before, _USUAL, "when.ask", _OFF)
        case ["recap"]:
            recaps = tuple(each for each in before if each.kind is SubscriptionKind.RECAP)
            return _shown(ask, recaps, _USUAL_RECAPS, "when.ask_recap", _RECAP_OFF)
        case ["now"]:
            return Reply.words("when.now", Button(words="button.digest", command="digest"), slash=ask.slash)
    after = await ask.desk.set_when(ask.rest)
    back = Button(words="button.undo", command="when", rest=_as_typed(before))
    changed = _as_typed(after) != _as_typed(before)
    return Reply(lines=(text(say_subscriptions(ask, after)),), buttons=((back,),) if changed else ())


def _shown(ask: Ask, now: tuple[Subscription, ...], usual: tuple[str, ...], hint: str, off: Button) -> Reply:
    buttons = [*(choice("when", each) for each in usual), *([off] if now else [])]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    said = say_subscriptions(ask, now) if now or off is _OFF else [ask.words.say("when.no_recap")]
    return Reply(lines=(text(said), line(hint)), buttons=rows)


def _as_typed(subscriptions: tuple[Subscription, ...]) -> str:
    """Return what a person would type to have these schedules and no other."""
    return " | ".join(each.when for each in subscriptions) + (" |" if subscriptions else _OFF.rest)


@command("mutestory", "ID", changes=True, admin=True, hidden=True)
async def mute_story(ask: Ask) -> Reply:
    """Mute a story for a week; a changed status breaks it."""
    story, until = await ask.desk.mute_story(StoryId(ask.rest), under=ask.request.message)
    undo = Button(words="button.undo", command="unmutestory", rest=story)
    return Reply.words("mute.done", undo, until=ask.moment(until))


@command("unmutestory", "ID", changes=True, admin=True, hidden=True)
async def unmute_story(ask: Ask) -> Reply:
    """End a story's mute now."""
    await ask.desk.mute_story(StoryId(ask.rest), days=0)
    return Reply.words("mute.undone")
