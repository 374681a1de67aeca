"""Where a command is added: its rights and limits, and the way from what was typed to an answer, for every front."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from rapidfuzz import fuzz, process

from bot.request import EDITED, WORDLESS, Button, Line, Reply, Request
from bot.words import Words, words
from digests.desk import Desk, Foreseen
from digests.errors import AskError
from digests.model import Chat, Digest
from digests.sources.find import Finder

MENU = ("watch", "names", "who", "digest", "when", "status", "settings", "help")
_MOST_CHARS = 20_000  # a list of 200 names of 100 letters; more was not typed for us
_MOST_NAME = 40
_NEAR = 70  # likeness of 0 to 100: "wacth" is 80 like "watch", "owners" 60 like "zone"
_OUR_SLACK_COMMAND = "haberdar"
_NOTHING = Foreseen()
_ID = re.compile(r"[0-9a-f]{16}( [0-9a-f]{16})?")

Answer = Reply | Digest
Run = Callable[["Ask"], Awaitable[Answer]]
Look = Callable[["Ask"], Awaitable[Foreseen]]
First = Callable[[str, "Context"], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What commands know of the settings.

    Attributes:
        owners: Askers who run this bot, such as "telegram:123".
        access: "invited" opens chats by an invitation or for an owner, "anyone" for whoever asks.
        bot_name: Tells the bot's name at Telegram without "@"; "" while it is not known.
        finder: Finds the source a person means by an address.
    """

    owners: tuple[str, ...] = ()
    access: str = "invited"
    bot_name: Callable[[], str] = str
    finder: Finder | None = None

    def is_owner(self, request: Request) -> bool:
        """Say whether the asker runs this bot."""
        return request.asker in self.owners

    def deep_link(self, code: str, request: Request) -> str:
        """Return what opens a chat with an invitation: a link at Telegram where the bot's name is known, else words."""
        name = self.bot_name()
        if request.chat.startswith("telegram:") and name:
            return f"https://t.me/{name}?start=inv_{code}"
        return f"{slash(request)}start inv_{code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request at the desk: what a command is given.

    Attributes:
        foreseen: What the command's `look` saw before the transaction in which it changes things.
        first: What its `first` did before that transaction.
    """

    request: Request
    desk: Desk
    context: Context
    foreseen: Foreseen = _NOTHING
    first: object = None

    @property
    def rest(self) -> str:
        """What stands behind the command."""
        return self.request.rest

    @property
    def chat(self) -> Chat:
        """The open chat; `AskError("access.closed")` when it was never opened."""
        if self.desk.chat is None:
            raise AskError("access.closed")
        return self.desk.chat

    @property
    def words(self) -> Words:
        """The words of the chat's language."""
        return words(self.desk.chat.language if self.desk.chat else None)

    @property
    def slash(self) -> str:
        """What stands before a command's name where the request was asked."""
        return slash(self.request)

    def moment(self, at: datetime) -> str:
        """Return day and time in the chat's zone and language."""
        return self.words.moment(at, self.chat.zone, self.desk.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command.

    Attributes:
        asks: What stands behind it, as help shows it ("NAME"); "" for nothing.
        changes: It changes something when anything stands behind it; only then it needs rights.
        bare: It changes something also without.
        shows: Tells of what stands behind it whether that only shows something all the same.
        admin: In groups only admins may change things by it.
        owner: Only those who run the bot may ask it.
        closed: It answers in a chat that was never opened.
        hidden: It stands behind buttons and is in no help.
        look: What it must read of the archive first: that takes too long for the one writer there is.
        first: What takes long and changes nothing (fetching): done before the transaction, given as `Ask.first`.
    """

    name: str
    run: Run
    asks: str = ""
    changes: bool = False
    bare: bool = False
    shows: Callable[[str], bool] | None = None
    admin: bool = False
    owner: bool = False
    closed: bool = False
    hidden: bool = False
    look: Look | None = None
    first: First | None = None


COMMANDS: dict[str, Command] = {}


def command(
    name: str,
    asks: str = "",
    *,
    changes: bool = False,
    bare: bool = False,
    shows: Callable[[str], bool] | None = None,
    admin: bool = False,
    owner: bool = False,
    closed: bool = False,
    hidden: bool = False,
    look: Look | None = None,
    first: First | None = None,
) -> Callable[[Run], Run]:
    """Put a function among the commands; the flags are those of `Command`, its help is "help.NAME" in `locale/`."""

    def register(run: Run) -> Run:
        COMMANDS[name] = Command(
            name=name,
            run=run,
            asks=asks,
            changes=changes,
            bare=bare,
            shows=shows,
            admin=admin,
            owner=owner,
            closed=closed,
            hidden=hidden,
            look=look,
            first=first,
        )
        return run

    return register


async def foresee(request: Request, desk: Desk, context: Context) -> Foreseen:
    """Return what a request's command must read before the transaction in which it changes things."""
    request = understood(request)
    asked = _command_of(request)
    is_refused = len(request.rest) > _MOST_CHARS or _refusal(asked, request, desk, context) is not None
    if asked is None or asked.look is None or is_refused:
        return Foreseen()
    try:
        return await asked.look(Ask(request=request, desk=desk, context=context))
    except AskError:
        return Foreseen()  # the command itself says what is wrong


def looks_first(request: Request) -> bool:
    """Say whether a request's command reads the archive before it changes things."""
    asked = _command_of(understood(request))
    return asked is not None and asked.look is not None


async def done_first(request: Request, context: Context) -> object:
    """Return what a command does before its transaction opens; None for those that do nothing then."""
    request = understood(request)
    asked = _command_of(request)
    if asked is None or asked.first is None or (asked.owner and not context.is_owner(request)):
        return None
    return await asked.first(request.rest, context)


async def dispatch(
    request: Request, desk: Desk, context: Context, foreseen: Foreseen = _NOTHING, first: object = None
) -> Answer:
    """Return the answer to a request; what a person should put differently is an answer too."""
    request = understood(request)
    if len(request.rest) > _MOST_CHARS:
        return Reply.words("error.too_long")
    asked = _command_of(request)
    refusal = _refusal(asked, request, desk, context)
    if refusal is not None:
        return refusal
    if asked is None:
        unread = _UNREAD.get(request.command)
        return _no_such_command(request) if unread is None else Reply.words(unread, _HELP)
    try:
        answer = await asked.run(Ask(request=request, desk=desk, context=context, foreseen=foreseen, first=first))
    except AskError as error:
        return _ask_again(error, request)
    return _signed(answer, request) if asked.admin and changes_things(request) else answer


def _signed(answer: Answer, request: Request) -> Answer:
    """Return what was changed in a group with who changed it: the others read it too."""
    who = " ".join(request.who.split())[:_MOST_NAME]
    if not request.is_group or not who or not isinstance(answer, Reply):
        return answer
    return replace(answer, lines=(*answer.lines, Line(key="changed.by", fields=(("who", who),))))


def changes_things(request: Request) -> bool:
    """Say whether a request needs a transaction: bare commands mostly only show."""
    request = understood(request)
    asked = _command_of(request)
    if asked is None or not asked.changes or not (asked.bare or request.rest):
        return False
    return asked.shows is None or not asked.shows(request.rest)


def understood(request: Request) -> Request:
    """Return plain text that is a command without its slash as that command; all else as it is."""
    if request.command:
        return request
    name, rest = parse(request.rest)
    return replace(request, command=name, rest=rest)


def parse(text: str, bot_name: str = "") -> tuple[str, str]:
    """Return a command's name and what stands behind it; "" and the text itself for what is no command.

    >>> parse("/watch@HaberdarBot Arslan", "HaberdarBot"), parse("/haberdar when mon 9"), parse("Arslan Bozdaliev")
    (('watch', 'Arslan'), ('when', 'mon 9'), ('', 'Arslan Bozdaliev'))
    """
    text = text.strip()
    first, rest = _first_word(text)
    name, _, addressee = first.removeprefix("/").lower().partition("@")
    if name == _OUR_SLACK_COMMAND:
        return parse(rest, bot_name) if rest else ("help", "")
    is_ours = not addressee or addressee == bot_name.lower()
    is_command = name in COMMANDS and not COMMANDS[name].hidden
    if is_ours and name and (first.startswith("/") or is_command):
        return name, rest
    return "", text


def is_id(text: str) -> bool:
    """Say whether a text is an id of ours, which a button asks with and a person never reads."""
    return _ID.fullmatch(text) is not None


def slash(request: Request) -> str:
    """Return what stands before a command's name where the request was asked."""
    return f"/{_OUR_SLACK_COMMAND} " if request.chat.startswith("slack:") else "/"


def _command_of(request: Request) -> Command | None:
    asked = COMMANDS.get(request.command)
    # What stands behind buttons names a thing by its id; nobody types that.
    is_typed = asked is not None and asked.hidden and bool(asked.name) and not is_id(request.rest)
    return None if is_typed else asked


def _first_word(text: str) -> tuple[str, str]:
    first, *rest = text.split(maxsplit=1) or [""]
    return first, rest[0].strip() if rest else ""


def _refusal(asked: Command | None, request: Request, desk: Desk, context: Context) -> Reply | None:
    if asked and asked.owner and not context.is_owner(request):
        return Reply.words("owner.only")
    if asked and asked.admin and request.is_group and not request.is_admin and changes_things(request):
        return Reply.words("admin.only")
    if desk.chat is None and not (asked and asked.closed):
        may_open = context.is_owner(request) or context.access == "anyone"
        return Reply.words("access.start", _START) if may_open else Reply.words("access.closed", slash=slash(request))
    return None


def _no_such_command(request: Request) -> Reply:
    names = sorted(name for name, known in COMMANDS.items() if name and not known.hidden)
    near = process.extractOne(request.command, names, scorer=fuzz.ratio, score_cutoff=_NEAR)
    asked = request.command[:60]
    if near is None:
        # In Slack a name typed behind /haberdar looks like a command.
        look_up = Button(words="button.look_up", command="who", rest=f"{asked} {request.rest}".strip())
        return Reply.words("error.no_command", look_up, _HELP, asked=asked, slash=slash(request))
    again = Button(words=f"{slash(request)}{near[0]}", command=near[0], rest=request.rest, is_text=True)
    return Reply.words("error.near_command", again, _HELP, asked=asked, near=f"{slash(request)}{near[0]}")


def _ask_again(error: AskError, request: Request) -> Reply:
    remedies = [
        Button(words=choice, command=request.command, rest=choice, is_text=True)
        for choice in error.fields.get("near", "").split(", ")
        if choice
    ]
    return Reply.words(error.key, *remedies, **{**error.fields, "slash": slash(request)})


_UNREAD = {EDITED: "error.edited", WORDLESS: "error.wordless"}
_START = Button(words="button.start", command="start")
_HELP = Button(words="button.help", command="help")
