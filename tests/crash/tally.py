"""What arrived of what was asked and published: counted at the fake services, message by message."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.crash.day import SILENT, Article, Chat, Command
from tests.crash.strikes import MARK

# Below a part of a long digest stands which one it is: many alerts at once are one digest too.
_OTHER_PART = re.compile(r"^\d+/\d+$", re.MULTILINE)


@dataclass(slots=True, kw_only=True)
class Tally:
    """The count; lists hold what must not be, each in words for the one who looks for the cause.

    Attributes:
        sent: Messages that arrived, repeats too.
        lost: An article that a chat watches for, and that never arrived there.
        commands_lost: A command without an answer.
        commands_doubled: A command answered twice without the mark, or an answer that nobody asked for.
        doubled_unmarked: A repeat without the mark, or a third copy.
        doubled_marked: Repeats that say so.
        marked: Messages that bear the mark, whether anything came before them or not.
    """

    sent: int = 0
    marked: int = 0
    doubled_marked: int = 0
    lost: list[str] = field(default_factory=list)
    doubled_unmarked: list[str] = field(default_factory=list)
    commands_lost: list[str] = field(default_factory=list)
    commands_doubled: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """What has not arrived yet."""
        return self.lost + self.commands_lost

    @property
    def faults(self) -> list[str]:
        """All that breaks a promise."""
        return [*self.missing, *self.commands_doubled, *self.doubled_unmarked]


def count(
    shown: Mapping[Chat, Sequence[str]],
    asked: Iterable[Command],
    published: Mapping[Chat, Sequence[Article]],
    *,
    by_hand: Collection[Chat] = (),
) -> Tally:
    """Return the tally: `shown` is what each chat shows, oldest first, `published` what each chat watches for.

    In the chats of `by_hand` a person sent again what was parked: there a third copy is that person's, if it is marked.
    """
    tally = Tally()
    by_chat: dict[Chat, list[Command]] = {chat: [] for chat in shown}
    for command in asked:
        by_chat[command.chat].append(command)
    for chat, texts in shown.items():
        tally.sent += len(texts)
        tally.marked += sum(_is_marked(text) for text in texts)
        explained: set[int] = set()
        repeats = 2 if chat in by_hand else 1
        for command in by_chat[chat]:
            _count_answers(tally, command, texts, explained, repeats)
        for article in published[chat]:
            _count_told(tally, chat, article, texts, explained, repeats)
        _count_rest(tally, chat, texts, explained)
    return tally


def _count_answers(
    tally: Tally, command: Command, texts: Sequence[str], explained: set[int], most_repeats: int
) -> None:
    found = [at for at, text in enumerate(texts) if command.answer.match(_said(text))]
    what = f"{command.chat.key}: {command.text[:60]}"
    explained.update(found)
    if not found:
        tally.commands_lost.append(what)
    _count_copies(tally, what, [texts[at] for at in found], tally.commands_doubled, most_repeats)


def _count_told(
    tally: Tally, chat: Chat, article: Article, texts: Sequence[str], explained: set[int], most_repeats: int
) -> None:
    found = [at for at, text in enumerate(texts) if article.sentence in text]
    what = f"{chat.key} ({chat.way}): {article.sentence}"
    explained.update(found)
    if not found:
        tally.lost.append(what)
    _count_copies(tally, what, [texts[at] for at in found], tally.doubled_unmarked, most_repeats)


def _count_copies(tally: Tally, what: str, copies: list[str], unmarked: list[str], most_repeats: int) -> None:
    repeats = copies[1:]
    tally.doubled_marked += sum(_is_marked(text) for text in repeats)
    if any(not _is_marked(text) for text in repeats):
        unmarked.append(f"{what}: again, without the mark")
    if len(repeats) > most_repeats:
        tally.doubled_unmarked.append(f"{what}: {len(copies)} copies")


def _count_rest(tally: Tally, chat: Chat, texts: Sequence[str], explained: set[int]) -> None:
    """Count what answers no command and tells no article: parts of digests and their "nothing new", nothing else."""
    rest = [text for at, text in enumerate(texts) if at not in explained]
    for text in rest:
        is_empty = chat.way in SILENT and _said(text).startswith(("Digest", "Nothing new"))
        if not is_empty and not (chat.way != "talk" and _OTHER_PART.search(text)):
            tally.commands_doubled.append(f"{chat.key}: nobody asked for {text[:120]!r}")
    unmarked = Counter(text for text in rest if not _is_marked(text))
    tally.doubled_unmarked += [f"{chat.key}: {text[:80]!r} twice" for text, times in unmarked.items() if times > 1]


def _is_marked(text: str) -> bool:
    return text.lstrip().startswith(MARK)


def _said(text: str) -> str:
    """Return the text behind the mark."""
    return text.lstrip().removeprefix(MARK).lstrip()
