"""What people ask and outlets publish in a day: every command and every article can be told from all others."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

_SOUNDS = ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zu", "che", "sha")
_ENDS = ("ndrak", "lmek", "rzhin", "stopal", "vgun", "mbor", "lduk", "nshar")
_GIVEN = ("Arslan", "Halyna", "Dilyara", "Ostap", "Remzi", "Vasyl", "Zarema", "Bohdan")
_DONE = ("taken from", "questioned in", "searched in", "moved to", "fined in", "last seen in", "released in")

Way = Literal["alerts", "asleep", "slots", "talk"]
SILENT: tuple[Way, ...] = ("asleep", "slots")


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat and how it wants to be told: at once, after a pause, at slots, or not at all (it only asks)."""

    key: str
    way: Way


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody types in a chat, and how the one answer to it begins."""

    chat: Chat
    text: str
    answer: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Article:
    """What an outlet publishes of one name: the sentence is what must arrive."""

    name: str
    sentence: str
    text: str
    is_feed: bool


class Inventor:
    """Invents words, people and articles, no two of them alike; the same seed invents the same."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._known: set[str] = set()

    def word(self) -> str:
        """Return a new word in lower case."""
        while True:
            stem = "".join(self._random.choice(_SOUNDS) for _ in range(3))
            # The stem alone keeps two words apart: endings are what a matcher overlooks.
            if stem not in self._known:
                self._known.add(stem)
                return stem + self._random.choice(_ENDS)

    def name(self) -> str:
        """Return a new person."""
        return f"{self._random.choice(_GIVEN)} {self.word().title()}"

    def article(self, name: str, *, is_feed: bool) -> Article:
        """Return an article that no other is like."""
        sentence = (
            f"{name} was {self._random.choice(_DONE)} {self.word().title()}, the {self.word()} of {self.word()} said."
        )
        rest = f"{self.word().title()} {self.word()} {self.word()} near {self.word()} and {self.word()} {self.word()}."
        return Article(name, sentence, f"Note on {self.word()}\n\n{sentence}\n\n{rest}", is_feed)


def opening(chats: Sequence[Chat], names: dict[Chat, list[str]], *, zone: str, slots: str) -> Iterator[Command]:
    """Yield what opens the chats and sets them up, in order within each chat."""
    for chat in chats:
        yield _command(chat, "start", r"I watch the news|Open\. Admins")
        yield _command(chat, f"zone {zone}", r"Times are .* now; it is")
        own = names[chat]
        if own:
            yield _command(chat, f"watch {', '.join(own)}", rf"{len(own)} names: {len(own)} now watched\.")
        if chat.way == "slots":
            yield _command(chat, "alerts off", r"Alerts are off")
            yield _command(chat, f"when {slots}", r"A digest [^,]*, \d\d:\d\d")
        if chat.way == "asleep":
            yield _command(chat, "pause", r"Paused\.")


def talk(chats: Sequence[Chat], number: int, inventor: Inventor) -> Iterator[Command]:
    """Yield so many commands, in turn by the chats; what is asked of one chat twice differs."""
    watched: dict[Chat, list[str]] = {chat: [] for chat in chats}
    for nth in range(number):
        chat = chats[nth % len(chats)]
        turn = nth // len(chats)
        # Only a chat that is told nothing may ask for what would quote the news.
        if chat.way == "talk" and turn < len(_ONCE):
            yield _command(chat, *_ONCE[turn])
        else:
            yield _unlike_any(chat, turn, watched[chat], inventor)


def closing(chats: Sequence[Chat], *, slot: str | None) -> Iterator[Command]:
    """Yield what lets those be told that were not told at once: after a long day one more slot."""
    for chat in chats:
        if chat.way == "slots" and slot is not None:
            yield _command(chat, f"when daily {slot}", rf"A digest [^,]*{slot} [^,]*, next")
        elif chat.way == "slots":
            # What no slot has told yet is young enough for an alert.
            yield _command(chat, "alerts on", r"Alerts are on")
        if chat.way == "asleep":
            yield _command(chat, "resume", r"Resumed\.")


def names_after(commands: Iterable[Command]) -> dict[Chat, list[str]]:
    """Return whom each chat watches when all its commands were done, each once."""
    watched: dict[Chat, list[str]] = {}
    for command in commands:
        what, _, rest = command.text.partition(" ")
        names = watched.setdefault(command.chat, [])
        if what == "watch":
            names += rest.split(", ")
        if what == "unwatch":
            names.remove(rest)
    return {chat: sorted(names) for chat, names in watched.items()}


_ONCE = (
    ("status", r"\d+ names?\."),
    ("digest", r"Nothing new on your|This chat watches no names"),
    ("help", r"Send a name to look it up|/haberdar"),
    ("when daily 04:17", r"A digest"),
    ("settings", r"Alerts are on"),
)


def _unlike_any(chat: Chat, turn: int, watched: list[str], inventor: Inventor) -> Command:
    match turn % 5:
        case 0 | 3:
            watched.append(inventor.name())
            return _command(chat, f"watch {watched[-1]}", rf"Watching {watched[-1]}\.")
        case 1:
            name = inventor.name()
            return _command(chat, f"who {name}", rf"No stored article names {name}\.")
        case 2 if watched:
            name = watched.pop(0)
            return _command(chat, f"unwatch {name}", rf"No longer watching {name}\.")
        case _:
            word = inventor.word()
            return _command(chat, f"search {word}", rf"No stored article holds “{word}”")


def _command(chat: Chat, text: str, answer: str) -> Command:
    return Command(chat, text, re.compile(answer))
