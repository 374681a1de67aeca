"""Messages over invented articles in six languages, each of the kinds a person may get."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.render.envelope import Envelope, Message
from bot.request import Button, Line, Reply
from digests.model import (
    Amendment,
    ArticleId,
    Band,
    Chat,
    Coverage,
    DeliveryId,
    Item,
    Named,
    NewsId,
    Notice,
    OutletLink,
    Reason,
    Recalled,
    Sentence,
    Stance,
    Status,
    StatusWord,
    StoryId,
    Unread,
)
from tests.builders import alert, chat, digest, named, sentence

LANGUAGES = ("en", "uk", "tr")
MONDAY = datetime(2026, 11, 23, 12, 35, tzinfo=UTC)  # 14:35 in Kyiv
TUESDAY = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # 08:00 in Kyiv
FRIDAY = datetime(2026, 11, 20, 9, 10, tzinfo=UTC)

_TRANSFER = StatusWord(status=Status.TRANSFER)
_STEPPE, _HARBOUR, _HERALD, _SABAH = "Steppe Radio", "Harbour Post", "Peninsula Herald", "Sabah Defteri"


def messages() -> dict[str, tuple[Message, Envelope]]:
    """Return every sample by name, in a private English chat; `in_language` puts it into another."""
    private = chat(language="en")
    at_noon, in_the_morning = Envelope(chat=private, now=MONDAY), Envelope(chat=private, now=TUESDAY)
    return {
        "alert": (alert(item=_transfer(), at=MONDAY), at_noon),
        "alert_probable": (alert(item=_probable(), at=MONDAY), at_noon),
        "alert_denied": (alert(item=_denied(), at=MONDAY), at_noon),
        "alert_file": (alert(item=_from_the_folder(), at=MONDAY), at_noon),
        "alert_neutral": (alert(item=_transfer(), at=MONDAY), Envelope(chat=chat(neutral=True), now=MONDAY)),
        "alert_repeat_held": (alert(item=_transfer(), at=MONDAY), _held(private)),
        "digest": (_digest(), in_the_morning),
        "digest_group": (_digest(), Envelope(chat=chat(is_group=True), now=TUESDAY)),
        "digest_neutral": (_digest(), Envelope(chat=chat(neutral=True), now=TUESDAY)),
        "alert_update": (alert(item=_update(), at=MONDAY), at_noon),
        "digest_held": (digest(_visit(), **_span(), held_from=MONDAY, held_why="quiet"), in_the_morning),
        "digest_long_pause": (_long_pause(), in_the_morning),
        "digest_nothing": (digest(items=(), **_span()), in_the_morning),
        "corrected": (_amendment(_transfer()), at_noon),
        "withdrawn": (replace(_amendment(None), why="person"), at_noon),
        "taken_back": (_amendment(None), at_noon),
        "notice": (Notice(key="notice.hello"), at_noon),
        "notice_silence": (_silence(), at_noon),
        "notice_silence_neutral": (_silence(), Envelope(chat=chat(neutral=True), now=MONDAY)),
        "reply": (_reply(), at_noon),
    }


def in_language(envelope: Envelope, language: str) -> Envelope:
    """Return the envelope of a chat with another language."""
    there = {name: getattr(envelope.chat, name) for name in ("key", "is_group", "neutral")}
    return Envelope(
        chat=chat(language=language, **there),
        now=envelope.now,
        held_since=envelope.held_since,
        held_why=envelope.held_why,
        possible_repeat=envelope.possible_repeat,
    )


def _held(private: Chat) -> Envelope:
    since = MONDAY - timedelta(hours=5)
    return Envelope(chat=private, now=MONDAY, held_since=since, held_why="quiet", possible_repeat=True)


def _said(text: str, outlet: str, language: str, at: datetime | None, stance: Stance = Stance.INDEPENDENT) -> Sentence:
    host = outlet.lower().replace(" ", "-")
    seen = at or MONDAY
    url = f"https://{host}.example/{language}/{seen:%d%H%M}"
    return sentence(text, url=url, outlet=outlet, stance=stance, language=language, published_at=at, fetched_at=seen)


def _link(of: Sentence, *, reprint: bool = False) -> OutletLink:
    return OutletLink(outlet=of.outlet, url=of.url, stance=of.stance, at=of.fetched_at, reprint=reprint)


def _item(*, names: tuple[Named, ...], status: tuple[StatusWord, ...], **given: Any) -> Item:
    """Return an item whose status is claimed of each of its names."""
    return Item(names=tuple(replace(each, status=status) for each in names), status=status, **given)


def _arslan(form: str, key: str = "full_name") -> Named:
    return named("Arslan Bozdaliev", form=form, reason=Reason(key=key))


def _before() -> Recalled:
    return Recalled(
        news=NewsId("1"),
        status=(StatusWord(status=Status.DETENTION),),
        told_at=FRIDAY,
        outlet=_HARBOUR,
        url="https://harbour-post.example/en/1",
        stance=Stance.INDEPENDENT,
        outlets=4,
    )


def _transfer() -> Item:
    text = "“Арслана Боздалієва етапували до північної колонії”, — повідомила адвокатка Галина Вітролом."
    quoted = _said(text, _STEPPE, "uk", MONDAY - timedelta(minutes=3))
    return _item(
        story=StoryId("5f5f5f5f5f5f5f5f"),
        news=(NewsId("2"),),
        names=(_arslan("Арслана Боздалієва", "full_name_case"),),
        status=(_TRANSFER,),
        sentences=(quoted,),
        outlets=(_link(quoted),),
        recalled=(_before(),),
    )


def _update() -> Item:
    """Return the rest of a burst: a denial, the claim it denies, four outlets and two reprints."""
    claim = _said(
        "Арслана Боздалієва затримали в понеділок, повідомила адвокатка.", _STEPPE, "uk", MONDAY - timedelta(minutes=9)
    )
    denial = _said(
        "Боздалиев не был задержан, заявили в полиции.",
        _HERALD,
        "ru",
        MONDAY - timedelta(minutes=2),
        Stance.OCCUPATION,
    )
    claim, denial = replace(claim, article=ArticleId("a1")), replace(denial, article=ArticleId("a2"))
    others = [_said("", outlet, "en", MONDAY - timedelta(minutes=5)) for outlet in (_HARBOUR, _SABAH)]
    return _item(
        story=StoryId("5f5f5f5f5f5f5f5f"),
        news=(NewsId("3"), NewsId("4")),
        names=(_arslan("Боздалиев", "surname_anchored"),),
        status=(StatusWord(status=Status.DETENTION, denied=True),),
        sentences=(denial, claim),
        differ=True,
        outlets=(_link(denial), _link(claim), *(_link(each) for each in others)),
        reprints=2,
        recalled=(replace(_before(), told_at=MONDAY - timedelta(minutes=8), outlets=1),),
    )


def _long_pause() -> Message:
    """Return the catch-up of a pause of forty days: the last fourteen in full."""
    return digest(
        _visit(),
        **{**_span(), "since": TUESDAY - timedelta(days=40)},
        held_from=TUESDAY - timedelta(days=40),
        held_why="pause",
        earlier=21,
        in_full_since=TUESDAY - timedelta(days=14),
    )


def _silence() -> Notice:
    fields = {"name": "Arslan Bozdaliev", "n": "30", "articles": "12030", "read": "37", "sources": "38"}
    return Notice(key="silence.alarm", fields=(*fields.items(), ("last_at", FRIDAY.isoformat())))


def _probable() -> Item:
    text = "Bozdaliyev’in kuzeydeki cezaevine nakledildiği söylendi."
    quoted = _said(text, _SABAH, "tr", None)
    likely = named("Arslan Bozdaliev", form="Bozdaliyev’in", band=Band.LIKELY, reason=Reason(key="surname_alone"))
    return _item(
        story=StoryId("5f5f5f5f5f5f5f5f"),
        news=(NewsId("3"),),
        names=(likely,),
        status=(_TRANSFER,),
        sentences=(quoted,),
        outlets=(_link(quoted),),
        reprints=4,
    )


def _denied() -> Item:
    quoted = _said("Перевод Боздалиева в ведомстве отрицают.", _HERALD, "ru", MONDAY, Stance.OCCUPATION)
    other = _said("Arslan Bozdaliyev was moved to another region.", _HARBOUR, "en", MONDAY - timedelta(hours=2))
    reason = Reason(key="surname_anchored", fields=(("anchor", "Арслан Боздалиев"),))
    return _item(
        story=StoryId("5f5f5f5f5f5f5f5f"),
        news=(NewsId("4"),),
        names=(named("Arslan Bozdaliev", form="Боздалиева", reason=reason),),
        status=(StatusWord(status=Status.TRANSFER, denied=True),),
        sentences=(quoted, other),
        outlets=(_link(quoted), _link(other)),
        differ=True,
    )


def _from_the_folder() -> Item:
    text = "Arslan Bozdaliyev i Halyna Witrolom spotkali się w sądzie."
    quoted = sentence(text, url="file:///srv/drop/notes%201.txt", outlet="", language="pl", published_at=None)
    people = (_arslan("Arslan Bozdaliyev", "full_name_spelling"), _halyna("Halyna Witrolom", "full_name_spelling"))
    return _item(
        story=StoryId("6f6f6f6f6f6f6f6f"),
        news=(NewsId("5"),),
        names=people,
        status=(),
        sentences=(quoted,),
        outlets=(_link(quoted),),
    )


def _halyna(form: str, key: str = "full_name") -> Named:
    return named("Halyna Vitrolom", form=form, reason=Reason(key=key))


def _visit() -> Item:
    text = "Lawyer Halyna Vitrolom was turned away at the gate again."
    quoted = _said(text, _HARBOUR, "en", MONDAY + timedelta(hours=5))
    return _item(
        story=StoryId("7f7f7f7f7f7f7f7f"),
        news=(NewsId("6"),),
        names=(_halyna("Halyna Vitrolom"),),
        status=(),
        sentences=(quoted,),
        outlets=(_link(quoted),),
    )


def _search() -> Item:
    text = "Yunus Karasuvatnıñ evinde tintüv keçirildi, dep bildirdi qorantası."
    quoted = _said(text, "Çöl Sesi", "crh", MONDAY - timedelta(hours=3), Stance.NGO)
    likely = named("Yunus Karasuvat", form="Yunus Karasuvatnıñ", band=Band.LIKELY, reason=Reason(key="full_name_case"))
    return _item(
        story=StoryId("8f8f8f8f8f8f8f8f"),
        news=(NewsId("7"),),
        names=(likely,),
        status=(StatusWord(status=Status.SEARCH, hearsay=True),),
        sentences=(quoted,),
        outlets=(_link(quoted),),
    )


def _told() -> Item:
    """A story that an alert has told, with what came after it."""
    denied = _denied()
    harbour = OutletLink(outlet=_HARBOUR, url="https://harbour-post.example/en/9", stance=Stance.INDEPENDENT, at=MONDAY)
    alerted = Recalled(
        news=NewsId("2"),
        status=(_TRANSFER,),
        told_at=MONDAY,
        outlet=_STEPPE,
        url="https://steppe-radio.example/uk/231232",
        stance=Stance.INDEPENDENT,
    )
    return _item(
        story=denied.story,
        news=denied.news,
        names=denied.names,
        status=(_TRANSFER,),
        sentences=denied.sentences[:1],
        differ=True,
        outlets=(*denied.outlets[:1], _link(_transfer().sentences[0]), harbour),
        recalled=(alerted,),
    )


def _span() -> dict[str, object]:
    ill = Unread(title="Liman News", since=MONDAY - timedelta(hours=17), why="its server refuses us")
    never = Unread(title="Kirim Postası", since=None, why="no such address")
    return {
        "since": TUESDAY - timedelta(days=1),
        "until": TUESDAY,
        "watched": 60,
        "coverage": Coverage(articles=412, sources_read=36, sources=38, unread=(ill, never)),
        "left_out": 2,
    }


def _digest() -> Message:
    return digest(_told(), _visit(), _search(), **_span())


def _amendment(new: Item | None) -> Amendment:
    return Amendment(of=DeliveryId("9"), at=MONDAY, old=_denied(), new=new)


def _reply() -> Message:
    quoted = _transfer().sentences[0]
    fields = (("text", quoted.text), ("form", "Арслана Боздалієва"), ("outlet", _STEPPE), ("about", "…"))
    return Reply(
        lines=(
            Line(key="who.known", fields=(("n", "3"), ("name", "Arslan {n} [bold]Bozdaliev"))),
            Line(key="quote", fields=fields, quote=True, url=quoted.url),
        ),
        buttons=((Button(words="button.watch", command="watch", rest="Arslan Bozdaliev"),),),
    )
