"""Digests: now, and when they come."""

from bot.commands.lines import choice, line, say_subscriptions, text
from bot.commands.registry import Answer, Ask, command
from bot.request import Button, Reply
from digests.model import StoryId

_USUAL = ("daily 08:00", "weekdays 08:00, 18:00", "mon 09:30", "every 4h")
_OFF = "off"


@command("digest")
async def digest(ask: Ask) -> Answer:
    """Return what is new since the last digest; the next one loses nothing by it."""
    return await ask.desk.digest()


@command("when", "daily 08:00", changes=True, admin=True)
async def when(ask: Ask) -> Reply:
    """Show or set when digests come, with the next time and a way back."""
    before = await ask.desk.subscriptions()
    if not ask.rest:
        usual = [choice("when", each) for each in _USUAL]
        off = [Button(words="button.when_off", command="when", rest=_OFF)] if before else []
        buttons = [*usual, *off]
        rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
        return Reply(lines=(text(say_subscriptions(ask, before)), line("when.ask")), buttons=rows)
    after = await ask.desk.set_when(ask.rest)
    back = Button(words="button.undo", command="when", rest=before[0].when if before else _OFF)
    return Reply(lines=(text(say_subscriptions(ask, after)),), buttons=((back,),))


@command("mutestory", "ID", changes=True, admin=True, hidden=True)
async def mute_story(ask: Ask) -> Reply:
    """Mute a story for a week; a changed status breaks it."""
    until = await ask.desk.mute_story(StoryId(ask.rest))
    undo = Button(words="button.undo", command="unmutestory", rest=ask.rest)
    return Reply.words("mute.done", undo, until=ask.moment(until))


@command("unmutestory", "ID", changes=True, admin=True, hidden=True)
async def unmute_story(ask: Ask) -> Reply:
    """End a story's mute now."""
    await ask.desk.mute_story(StoryId(ask.rest), days=0)
    return Reply.words("mute.undone")
