"""A question and an answer that know no chat service."""

from dataclasses import dataclass
from datetime import datetime

EDITED, WORDLESS = ".edited", ".wordless"
"""Commands nobody can type: what was sent to us alone and asks nothing that we can read. It is answered as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asked, the same from every front.

    Attributes:
        chat: The key of the chat it was asked in, such as "telegram:-1001/7".
        asker: Who asked, such as "telegram:123" or "slack:T1/U2".
        is_admin: The service says that the asker may change things here (always true in a private chat).
        is_group: More than one person reads the answers.
        command: A name of the registry; "" for plain text, which is a lookup.
        rest: What stands behind the command, stripped.
        language: The asker's language as the service tells it, if it does.
        update: The service's own name for this update, unique within its front.
        asked_at: Our clock when it came in.
        message: The service's name for the message a button was pressed under; None for typed commands.
        who: In a group, the asker's name as people there see it; "" where the service does not say, or hides it.
    """

    chat: str
    asker: str
    is_admin: bool
    is_group: bool
    command: str
    rest: str
    language: str | None
    update: str
    asked_at: datetime
    message: str | None = None
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A press that asks something.

    Attributes:
        words: The key of its words in `locale/`, or with `is_text` the words themselves (a chat's own name).
        command, rest: What pressing it asks, as if typed; together at most 60 bytes.
        url: A link instead of a press.
    """

    words: str
    command: str = ""
    rest: str = ""
    url: str | None = None
    is_text: bool = False
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an answer: words of `locale/` under `key` with their fields.

    A field is shown as it is, never as markup; with `quote` the line is shown as a quotation with its outlet.
    """

    key: str
    fields: tuple[tuple[str, str], ...] = ()
    quote: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a request: lines of words, and rows of buttons beneath."""

    lines: tuple[Line, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()

    @classmethod
    def words(cls, key: str, *buttons: Button, **fields: str) -> "Reply":
        """Return an answer of one line with its buttons, two a row."""
        rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
        return cls(lines=(Line(key=key, fields=tuple(fields.items())),), buttons=rows)
