"""One way a server behaves, and what is to come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.fakes.feeds import Answer, Asked


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """One way to behave.

    Attributes:
        answer: What is answered; a function is asked at every request.
        gives: The guids that are to be kept of it in the end; None where anything or nothing may be.
        waits: Until so long after each such answer its host is not to be asked.
    """

    answer: Answer | Callable[[Asked], Answer]
    gives: frozenset[str] | None = frozenset()
    waits: timedelta = timedelta()
