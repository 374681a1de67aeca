"""A server of channel previews in mark-up of our own making, with the class names by which a preview is read."""

import html
from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.feeds import Answer, Asked

_PAGE = """<!DOCTYPE html><html><head><title>{title} – Telegram</title></head><body>
<div class="tgme_channel_info_header_title"><span>{title}</span></div>
<main><section class="tgme_channel_history js-message_history">{posts}</section></main></body></html>"""
_POST = """<div class="wrap"><div class="tgme_widget_message some_wrap {kind}" data-post="{name}/{number}">
{answered}{words}{linked}<div class="foot"><a class="tgme_widget_message_date" href="#">
<time datetime="{at}">{at}</time></a></div></div></div>"""
_WORDS = '<div class="tgme_widget_message_text js-message_text" dir="auto">{words}</div>'
_ANSWERED = '<a class="tgme_widget_message_reply"><div class="tgme_widget_message_text">Words of another post</div></a>'
_LINKED = (
    '<a class="tgme_widget_message_link_preview"><div class="tgme_widget_message_text">Words of a linked page</div></a>'
)
_NO_PREVIEW = "<!DOCTYPE html><html><head><title>Telegram</title></head><body><p>View in the app</p></body></html>"


@dataclass
class FakeChannel:
    """A public channel: what is posted, edited and taken away shows on its pages, twenty posts each."""

    name: str
    title: str = "Степове радіо"
    per_page: int = 20
    has_preview: bool = True
    posts: dict[int, tuple[str, datetime, str]] = field(default_factory=dict)
    views: int = 0

    def post(self, words: str, at: datetime, *, kind: str = "", number: int | None = None) -> int:
        """Post words, given as HTML, and return the post's number."""
        number = number or max(self.posts, default=0) + 1
        self.posts[number] = (words, at, kind)
        return number

    def edit(self, number: int, words: str) -> None:
        """Change the words of a post."""
        self.posts[number] = (words, *self.posts[number][1:])

    def __call__(self, asked: Asked) -> Answer:
        """Answer /s/NAME with the newest page, or one before a post."""
        if not self.has_preview:
            return Answer(body=_NO_PREVIEW.encode())
        self.views += 1
        before = int(asked.path.partition("before=")[2] or 0)
        numbers = [number for number in sorted(self.posts) if not before or number < before][-self.per_page :]
        shown = "".join(self._shown(number) for number in numbers)
        # A counter on the page changes at every visit, as that of views does.
        page = _PAGE.format(title=html.escape(self.title), posts=shown) + f"<!-- {self.views} -->"
        return Answer(body=page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})

    def _shown(self, number: int) -> str:
        words, at, kind = self.posts[number]
        return _POST.format(
            kind=kind,
            name=self.name,
            number=number,
            words=_WORDS.format(words=words) if words else "",
            answered=_ANSWERED if kind == "answer" else "",
            linked=_LINKED if kind == "link" else "",
            at=at.isoformat(),
        )
