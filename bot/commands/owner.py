"""What those who run the bot ask."""

from bot.commands.registry import Ask, command
from bot.request import Reply


@command("invite", changes=True, bare=True, owner=True)
async def invite(ask: Ask) -> Reply:
    """Return a new single-use invitation to open a chat with."""
    code = await ask.desk.invite()
    return Reply.words("invite.made", link=ask.context.deep_link(code, ask.request))
