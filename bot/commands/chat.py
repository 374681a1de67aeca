"""What a chat sets for itself: alerts, zone, language, pause; and all of it at a glance."""

from zoneinfo import ZoneInfo

from bot.commands.lines import choice, is_on, line, say_quiet, say_subscriptions, text
from bot.commands.registry import Ask, command
from bot.request import Button, Line, Reply
from bot.words import LANGUAGES, known_language, words
from digests.desk import ChatStatus
from digests.errors import AskError
from digests.model import Chat, ChatState, Quiet
from digests.schedule.due import is_quiet

_USUAL_ZONES = ("Europe/Kyiv", "Europe/Istanbul", "Europe/Warsaw")
_USUAL_NIGHTS = ("22:00-07:00", "23:00-08:00")
_ILL_SOURCES = 5


@command("alerts", "on|off", changes=True, admin=True)
async def alerts(ask: Ask) -> Reply:
    """Show or set whether alerts are sent, or digests only."""
    asked = is_on(ask.rest)
    if ask.rest and asked is None:
        raise AskError("alerts.unknown", asked=ask.rest[:60], near="on, off")
    chat = ask.chat if asked is None else await ask.desk.set_alerts(asked)
    return Reply.words("alerts.on" if chat.alerts else "alerts.off", _other_alerts(chat))


@command("quiet", "22:00-07:00", changes=True, admin=True)
async def quiet(ask: Ask) -> Reply:
    """Show or set the hours in which only urgent names are told."""
    before = ask.chat
    if not ask.rest:
        others = [choice("quiet", each) for each in _USUAL_NIGHTS if each != _written(before.quiet)]
        off = [Button(words="button.quiet_off", command="quiet", rest="off")] if before.quiet else []
        lines = (text([say_quiet(ask.words, before.quiet)]), line("quiet.ask"))
        return Reply(lines=lines, buttons=(tuple(others), tuple(off)) if off else (tuple(others),))
    chat = await ask.desk.set_quiet(ask.rest)
    undo = Button(words="button.undo", command="quiet", rest=_written(before.quiet))
    said = [say_quiet(ask.words, chat.quiet)]
    if chat.quiet is not None:
        said.append(ask.words.say("quiet.urgent", slash=ask.slash))
    return Reply(lines=(text(said),), buttons=((undo,),) if chat.quiet != before.quiet else ())


@command("zone", "Europe/Kyiv", changes=True, admin=True)
async def zone(ask: Ask) -> Reply:
    """Show or set the time zone, with the time it is there."""
    before = ask.chat.zone
    if not ask.rest:
        others = [choice("zone", each, ask.words.city(each)) for each in _USUAL_ZONES if each != before]
        return Reply.words("zone.is", *others, **_zone_fields(ask, before))
    chat = await ask.desk.set_zone(ask.rest)
    undo = Button(words="button.undo", command="zone", rest=before)
    return Reply.words("zone.set", *([undo] if chat.zone != before else []), **_zone_fields(ask, chat.zone))


@command("language", "en|uk|tr", changes=True, admin=True)
async def language(ask: Ask) -> Reply:
    """Show or set the language of our own words; quotations stay in theirs."""
    before = known_language(ask.chat.language) or LANGUAGES[0]
    choices = {each: choice("language", each, words(each).language_name(each)) for each in LANGUAGES}
    if not ask.rest:
        del choices[before]
        return Reply.words("language.is", *choices.values(), language=words(before).language_name(before))
    asked = _language_asked(ask.rest)
    if asked is None:
        return Reply.words("language.unknown", *choices.values(), asked=ask.rest[:60])
    await ask.desk.set_language(asked)
    undo = Button(words="button.undo", command="language", rest=before)
    return Reply.words("language.set", *([undo] if asked != before else []), language=words(asked).language_name(asked))


@command("pause", changes=True, bare=True, admin=True)
async def pause(ask: Ask) -> Reply:
    """Hold everything until `resume`."""
    await ask.desk.pause()
    return Reply.words("pause.done", Button(words="button.resume", command="resume"))


@command("resume", changes=True, bare=True, admin=True)
async def resume(ask: Ask) -> Reply:
    """Tell again; what was held comes as one digest."""
    was_held = ask.chat.state is not ChatState.ACTIVE
    await ask.desk.resume()
    return Reply.words("resume.done" if was_held else "resume.nothing", _PAUSE)


@command("forget", changes=True, admin=True)
async def forget(ask: Ask) -> Reply:
    """Erase all that is stored of this chat, after a confirmation."""
    if ask.rest.casefold() != "yes":
        return Reply.words("forget.ask", Button(words="button.forget", command="forget", rest="yes"))
    await ask.desk.forget()
    return Reply.words("forget.done")


@command("settings")
async def settings(ask: Ask) -> Reply:
    """Return everything that can be set here, each with its button."""
    said, chat = ask.words, ask.chat
    own_language = words(chat.language)
    lines = [
        line("alerts.on" if chat.alerts else "alerts.off"),
        text(say_subscriptions(ask, await ask.desk.subscriptions())),
        text([say_quiet(said, chat.quiet)]),
        line("zone.is", **_zone_fields(ask, chat.zone)),
        line("language.is", language=own_language.language_name(own_language.language)),
    ]
    is_paused = chat.state is ChatState.PAUSED
    buttons = (
        (_other_alerts(chat), Button(words="button.when", command="when")),
        (Button(words="button.zone", command="zone"), Button(words="button.language", command="language")),
        (Button(words="button.quiet", command="quiet"), Button(words="button.urgent", command="urgent")),
        (_RESUME if is_paused else _PAUSE, Button(words="button.names", command="names")),
    )
    paused = [line("status.paused")] if is_paused else []
    return Reply(lines=(*paused, *lines), buttons=buttons)


@command("status")
async def status(ask: Ask) -> Reply:
    """Return what is watched, when the next digest comes, what is held or failed, and which sources are ill."""
    said, now = ask.words, await ask.desk.status()
    spoken = [said.count("status.names", now.names), *say_subscriptions(ask, now.subscriptions)]
    paused = [line("status.paused")] if ask.chat.state is ChatState.PAUSED else []
    lines = [*paused, text(spoken), text(_reading(ask, now)), *_sending(ask, now)]
    lines += [line("status.ill", title=each.title, why=each.last_error or "") for each in now.ill[:_ILL_SOURCES]]
    names = Button(words="button.all_names", command="names", fields=(("n", str(now.names)),))
    rows = [Button(words="button.settings", command="settings"), *([names] if now.names else [])]
    return Reply(lines=tuple(lines), buttons=(tuple(rows),))


def _reading(ask: Ask, now: ChatStatus) -> list[str]:
    said, coverage = ask.words, now.coverage
    articles = said.count("digest.articles", now.articles)
    if not coverage.sources:
        return [said.say("status.no_sources")]
    if coverage.sources_read == coverage.sources:
        return [said.count("status.all_read", coverage.sources, articles=articles)]
    return [said.count("status.some_read", coverage.sources, articles=articles, read=coverage.sources_read)]


def _sending(ask: Ask, now: ChatStatus) -> list[Line]:
    """Return what waits or failed; that nothing is held is never said while a pause or the night holds all."""
    said, chat = ask.words, ask.chat
    spoken = [said.count("status.waiting", now.waiting)] if now.waiting else []
    spoken += [said.count("status.parked", now.parked)] if now.parked else []
    if chat.state is not ChatState.PAUSED:
        if chat.quiet is not None and is_quiet(chat.quiet, ZoneInfo(chat.zone), ask.desk.now):
            spoken.insert(0, said.say("status.night", end=f"{chat.quiet.end:%H:%M}"))
        spoken = spoken or [said.say("status.nothing_held")]
    return [text(spoken)] if spoken else []


def _other_alerts(chat: Chat) -> Button:
    if chat.alerts:
        return Button(words="button.alerts_off", command="alerts", rest="off")
    return Button(words="button.alerts_on", command="alerts", rest="on")


def _zone_fields(ask: Ask, zone: str) -> dict[str, str]:
    said = ask.words
    return {"zone": zone, "city": said.city(zone), "clock": said.clock(ask.desk.now, zone)}


def _language_asked(asked: str) -> str | None:
    spoken = asked.strip().casefold()
    spoken = _CALLED_TOO.get(spoken, spoken)
    by_name = {words(other).language_in(each).casefold(): each for each in LANGUAGES for other in LANGUAGES}
    return by_name.get(spoken) or known_language(spoken)


def _written(quiet: Quiet | None) -> str:
    return "off" if quiet is None else f"{quiet.start:%H:%M}-{quiet.end:%H:%M}"


# By the country's code, as on a keyboard.
_CALLED_TOO = {"ua": "uk", "укр": "uk"}
_PAUSE = Button(words="button.pause", command="pause")
_RESUME = Button(words="button.resume", command="resume")
