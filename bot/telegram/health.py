"""Whether Telegram accepts our token."""

from telegram.error import TelegramError

from bot.delivery.channel import Down
from bot.telegram.client import TelegramBot
from bot.telegram.errors import outcome_of


async def token_fault(bot: TelegramBot) -> str | None:
    """Return why nothing can be sent by this bot, None when all is well; the bot is closed afterwards."""
    try:
        await bot.initialize()
    except TelegramError as error:
        if isinstance(outcome_of(error), Down):
            return "the token is refused; copy it anew from @BotFather into HABERDAR_TELEGRAM_TOKEN"
        return "Telegram cannot be reached; check the network, or HABERDAR_PROXY_TELEGRAM"
    finally:
        await bot.shutdown()
    return None
