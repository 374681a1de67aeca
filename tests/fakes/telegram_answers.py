"""What a fake Telegram may be told to answer instead of what it would."""

from dataclasses import dataclass, field
from typing import Any

# `until` and long polls of tests are patient in real seconds, since the sockets are real.
PATIENCE_SECONDS = 10.0


class ApiError(Exception):
    """A refusal as the Bot API words it."""

    def __init__(self, code: int, description: str, **parameters: object) -> None:
        super().__init__(description)
        self.answer = Answer(code=code, description=description, parameters=parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One scripted answer.

    Attributes:
        body: Sent as it is instead of JSON, with `code`.
        takes: The message is shown in the chat all the same: only the answer goes wrong.
        drops: The connection ends without an answer.
        seconds: It takes that long; the rest is as ever unless something else is said.
    """

    code: int = 200
    description: str = ""
    parameters: Any = field(default_factory=dict)
    body: str | None = None
    takes: bool = False
    drops: bool = False
    seconds: float = 0.0

    @property
    def is_ordinary(self) -> bool:
        """Nothing but a delay was asked for."""
        return self.code == 200 and not self.drops and self.body is None

    def as_json(self) -> dict[str, Any]:
        """Return the answer as the Bot API writes refusals."""
        words = {"ok": False, "error_code": self.code, "description": self.description}
        return {**words, "parameters": self.parameters} if self.parameters else words


def flood(seconds: int) -> Answer:
    """Return a flood wait."""
    return Answer(
        code=429, description=f"Too Many Requests: retry after {seconds}", parameters={"retry_after": seconds}
    )


def refusal(code: int, description: str, **parameters: object) -> Answer:
    """Return a refusal in the server's own words, such as 400, "Bad Request: chat not found"."""
    return Answer(code=code, description=description, parameters=parameters)


def broken(code: int = 500, *, with_json: bool = True, takes: bool = False) -> Answer:
    """Return a server's own trouble, with or without JSON; without, nobody knows whether it took the message."""
    if with_json:
        return Answer(code=code, description="Internal Server Error")
    return Answer(code=code, body="<html><body>Bad Gateway</body></html>", takes=takes)


def dropped(*, takes: bool) -> Answer:
    """Return a connection that ends without a word, after the message was taken or before."""
    return Answer(drops=True, takes=takes)


def slow(seconds: float, *, takes: bool = True) -> Answer:
    """Return an ordinary answer that comes late."""
    return Answer(seconds=seconds, takes=takes)
