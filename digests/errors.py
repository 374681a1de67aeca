"""The errors a caller of the engine can do something about.

HaberdarError
├── SourceError   one source could not be read; the others go on
├── StoreError    the database refuses, is missing, full, or of another version
├── BookError     a list of names has a mistake; the text says file, line and remedy
└── AskError      a person asked for something that cannot be done as asked
"""

from datetime import timedelta


class HaberdarError(Exception):
    """The base of every error a person should read: its text names the thing, the fault and the remedy."""


class SourceError(HaberdarError):
    """One source could not be read.

    Attributes:
        source: The address as the person wrote it.
        why: The cause in a few plain words, without address: it is shown in lists beside the source.
        retry_after: The wait the server asked for, if it did.
        host: The server that answered so, which after a redirect is not that of the source; "" where none did.
        gone: The server says that the source is no more (HTTP 410): polling ends.
        missing: The server does not know the address (HTTP 404): polling ends after days of it.
        costly: Reading it took our reader's life; more of the kind is not worth it.
    """

    def __init__(
        self,
        source: str,
        why: str,
        *,
        retry_after: timedelta | None = None,
        host: str = "",
        gone: bool = False,
        missing: bool = False,
        costly: bool = False,
    ) -> None:
        super().__init__(f"{source}: {why}")
        self.source = source
        self.why = why
        self.retry_after = retry_after
        self.host = host
        self.gone = gone
        self.missing = missing
        self.costly = costly


class StoreError(HaberdarError):
    """The database cannot do what was asked; nothing of the attempted step was kept."""


class BookError(HaberdarError):
    """A list of watched names has a mistake.

    Attributes:
        where: The file or the message that holds the list.
        line: The 1-based line, if it is known.
    """

    def __init__(self, where: str, why: str, *, line: int | None = None) -> None:
        place = f"{where}, line {line}" if line else where
        super().__init__(f"{place}: {why}")
        self.where = where
        self.line = line


class AskError(HaberdarError):
    """A person asked for something that cannot be done as asked.

    Attributes:
        key: The key of the words in `locale/` that say so.
        fields: What those words name.
    """

    def __init__(self, key: str, **fields: str) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields
