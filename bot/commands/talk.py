"""The first words and the help."""

from bot.commands.lines import line
from bot.commands.registry import COMMANDS, MENU, Ask, command
from bot.request import Button, Line, Reply
from bot.words import LANGUAGES, known_language, words

_INVITATION = "inv_"
_SERVICES = {"telegram": "Telegram", "slack": "Slack"}


@command("start", changes=True, bare=True, admin=True, closed=True)
async def start(ask: Ask) -> Reply:
    """Open the chat by an invitation, or for those who run the bot, and say what to do next."""
    was_open = ask.desk.chat is not None
    code = ask.rest.removeprefix(_INVITATION) or None
    may_open = ask.context.is_owner(ask.request) or ask.context.access == "anyone"
    language = known_language(ask.request.language)
    chat = await ask.desk.open_chat(code, language=language, is_group=ask.request.is_group, is_owner=may_open)
    if ask.request.is_group:
        return Reply.words("start.group", slash=ask.slash)
    zone = Button(words="button.zone_is", command="zone", fields=(("city", ask.words.city(chat.zone)),))
    if was_open:
        return Reply.words("start.again", zone, _HELP)
    service = _SERVICES.get(chat.service, chat.service)
    return Reply(lines=(line("start.hello"), line("start.seen_by", service=service)), buttons=((zone, _HELP),))


@command("help")
async def help_(ask: Ask) -> Reply:
    """Return what can be asked, a line each; in a group only the menu's eight."""
    names = [name for name, known in COMMANDS.items() if name and not known.hidden]
    asked = ask.rest.removeprefix("/").casefold()
    if asked in names:
        example = [line(f"{asked}.ask", slash=ask.slash)] if f"{asked}.ask" in ask.words else []
        return Reply(lines=(_help(ask, asked), *example))
    is_owner = ask.context.is_owner(ask.request)
    shown = [name for name in _ORDER if name in names and (is_owner or not COMMANDS[name].owner)]
    if ask.request.is_group:
        shown = [name for name in shown if name in MENU]
    lines = [_help(ask, name) for name in shown]
    if not ask.request.is_group:
        lines.insert(0, line("help.first"))
    return Reply(lines=tuple(lines))


def menu() -> dict[str, list[tuple[str, str]]]:
    """Return the eight commands a telephone shows, by language ("" for all others), each with what it does."""
    by_language = {each: [(name, words(each).say(f"help.{name}")) for name in MENU] for each in LANGUAGES}
    return {"": by_language[LANGUAGES[0]], **{each: by_language[each] for each in LANGUAGES[1:]}}


def _help(ask: Ask, name: str) -> Line:
    command_line = f"{ask.slash}{name} {COMMANDS[name].asks}".rstrip()
    return line("help.line", command=command_line, does=ask.words.say(f"help.{name}"))


_HELP = Button(words="button.help", command="help")
_ORDER = (
    *("watch", "unwatch", "names", "who", "search", "digest", "when", "alerts", "quiet", "urgent", "mute", "unmute"),
    *("silence", "zone", "language", "status", "settings", "pause", "resume", "forget"),
    *("sources", "source", "invite", "deliveries", "retract", "part", "help", "start"),
)
