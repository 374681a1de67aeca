"""Whether Slack accepts our token."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.channel import Down
from bot.slack.errors import FAILURES, outcome_of


async def token_fault(client: AsyncWebClient) -> str | None:
    """Return why nothing can be sent with this client's token, None when all is well."""
    try:
        await client.auth_test()
    except FAILURES as error:
        if isinstance(outcome_of(error), Down):
            return "the bot token is refused; put that of the installed app (xoxb-...) into HABERDAR_SLACK_BOT_TOKEN"
        return "Slack cannot be reached; check the network"
    return None
