"""A message and its envelope as a page in the chat's language."""

from bot.render.alert import alert_page, amendment_page
from bot.render.digest import digest_page
from bot.render.envelope import Envelope, Message
from bot.render.page import Block, Page, Run
from bot.render.reply import notice_page, reply_page
from bot.request import Reply
from bot.words import Words, words
from digests.model import Alert, Amendment, Digest, Notice


def make_page(message: Message, envelope: Envelope) -> Page:
    """Return the message in words: a possible repeat says so first, one that was held says since when."""
    said = words(envelope.chat.language)
    page = _page(said, message, envelope)
    marked = (Block("mark", (Run(said.say("mark.repeat"), "bold"),)),) if envelope.possible_repeat else ()
    return page.with_blocks((*marked, *page.blocks, *_held(said, message, envelope)))


def _page(said: Words, message: Message, envelope: Envelope) -> Page:
    match message:
        case Alert():
            return alert_page(said, message, envelope)
        case Digest():
            return digest_page(said, message, envelope)
        case Notice():
            return notice_page(said, message, envelope)
        case Amendment():
            return amendment_page(said, message, envelope)
        case Reply():
            return reply_page(said, message)


def _held(said: Words, message: Message, envelope: Envelope) -> tuple[Block, ...]:
    since = envelope.held_since
    if since is None or (isinstance(message, Digest) and message.held_from):
        return ()
    key = f"held.{envelope.held_why or 'wait'}"
    when = said.since(since, envelope.chat.zone, envelope.now)
    return (Block("note", (Run(said.say(key, since=when)),)),)
