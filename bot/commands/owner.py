"""What those who run the bot ask."""

from bot.commands.registry import Ask, command
from bot.request import Reply


@command("invite", changes=True, bare=True, owner=True)
async def invite(ask: Ask) -> Reply:
    """Return a new single-use invitation to open a chat with."""
    code = await ask.desk.invite()
    return Reply.words("invite.made", link=ask.context.deep_link(code, ask.request))


@command("retract", "ID", changes=True, owner=True)
async def retract(ask: Ask) -> Reply:
    """Withdraw what was told of the wrong person, in every chat it went to; of a digest by the number of its item."""
    if not ask.rest:
        return Reply.words("retract.ask", slash=ask.slash)
    known_as, _, place = ask.rest.partition(" ")
    number = int(place) if place.isdecimal() and len(place) < 4 else 1
    chats = await ask.desk.retract(known_as, number)
    return Reply.words("retract.done" if chats else "retract.nowhere", n=str(chats))
