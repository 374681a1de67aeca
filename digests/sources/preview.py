"""The web preview of a public Telegram channel: its posts, from the page's own mark-up; runs in the worker."""

import re
from dataclasses import dataclass

from digests.sources.decode import NotText, decode
from digests.sources.document import NotAFeed
from digests.sources.webpage import ABSURD_TAG
from digests.text import guess_language, one_line, to_text

_MESSAGE = "tgme_widget_message"
_POST = re.compile(r"[A-Za-z]\w{3,31}/(\d{1,12})", re.ASCII)
# A poll says its words in its question.
_OWN_WORDS = ("tgme_widget_message_text", "tgme_widget_message_poll_question")
# Telegram itself takes no more than 4,096.
_POST_CHARS = 20_000
# What stands in a message beside its own words: the post it answers, and the page a link leads to.
_OTHERS_WORDS = ("tgme_widget_message_reply", "tgme_widget_message_link_preview")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post: its number in the channel, its words, when it was sent, as stated, and where it was forwarded from.

    Its language is guessed where it is read, so that only one process holds what that takes.
    """

    number: int
    text: str
    at: str
    forwarded_from: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One page of a channel, oldest post first; a post without words (a picture alone) has an empty text."""

    title: str
    posts: tuple[Post, ...]


def read_preview(data: bytes, charset: str | None = None) -> Preview:
    """Return what a channel's page shows.

    Raises:
        NotAFeed: It is no preview of a channel: there is no such channel, or it shows none.
    """
    try:
        source = decode(data, charset)
    except NotText as error:
        raise NotAFeed(str(error)) from None
    if ABSURD_TAG.search(source):
        raise NotAFeed("it holds a tag of more than 64 kB, which no honest page has")
    # Imported here: only the worker pays for it.
    from lxml import etree, html

    try:
        page = html.document_fromstring(source)
    except (etree.ParserError, ValueError):
        raise NotAFeed(_NONE) from None
    messages = page.xpath(f"//*[{_has_class(_MESSAGE)}][@data-post]")
    posts = [post for message in messages if (post := _post(message)) is not None]
    titles = page.xpath(f"//*[{_has_class('tgme_channel_info_header_title')}]") or page.xpath("//head/title")
    if not messages and not page.xpath(f"//*[{_has_class('tgme_channel_history')}]"):
        raise NotAFeed(_NONE)
    title = one_line(titles[0].text_content()) if titles else ""
    by_number = {post.number: post for post in posts}
    return Preview(title=title[:300], posts=tuple(by_number[number] for number in sorted(by_number)))


_NONE = "Telegram shows no preview of this channel: it is private, restricted, or there is none of this name"


def _post(message) -> Post | None:  # type: ignore[no-untyped-def]  # lxml has no types
    from lxml import html

    numbered = _POST.fullmatch(message.get("data-post", ""))
    if numbered is None or "service_message" in message.get("class", ""):
        return None
    # Where posts are nested, and in what answers or links bring along, other people's words stand.
    texts = [
        text
        for name in _OWN_WORDS
        for text in message.xpath(f".//*[{_has_class(name)}]")
        if not any(name in (up.get("class") or "") for up in text.iterancestors() for name in _OTHERS_WORDS)
    ]
    times = message.xpath(".//time/@datetime")
    forwarded = message.xpath(f".//*[{_has_class('tgme_widget_message_forwarded_from_name')}]")
    marked = "".join(html.tostring(text, encoding="unicode", with_tail=False) for text in texts[:1])
    # A post's lines are its author's: a headline, or names one below the other.
    words = to_text(marked.replace("<br>", "<br><br>"))[:_POST_CHARS]
    return Post(
        number=int(numbered[1]),
        text=words,
        at=str(times[-1])[:40] if times else "",
        forwarded_from=one_line(forwarded[0].text_content())[:100] if forwarded else "",
        language=guess_language(words),
    )


def _has_class(name: str) -> str:
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
