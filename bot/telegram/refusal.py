"""A no of the Bot API as PTB can read it, whatever stands in it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

# Longer waits than a month were not asked for by anybody in their right mind, and no clock counts 10^30 seconds.
_LONGEST_WAIT_SECONDS = 30 * 24 * 3600.0
_SAID_WAIT = re.compile(r"(?:retry after|slowmode_wait_|flood_wait_)\s*([0-9]{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refusing answer says.

    Attributes:
        wait: How long we are asked to wait: by its number, else by its words.
        moved_to: The number of the chat that the group became.
    """

    error_code: int | None
    description: str
    wait: timedelta | None
    moved_to: int | None

    def as_ptb_reads_it(self) -> bytes:
        """Return it as JSON in which everything has the type that PTB relies on."""
        parameters = {} if self.moved_to is None else {"parameters": {"migrate_to_chat_id": self.moved_to}}
        return json.dumps({"ok": False, "description": self.description, **parameters}).encode()


def read_refusal(answer: Mapping[str, Any]) -> Refusal:
    """Return what an answer that says no says, its odd parts left out.

    >>> read_refusal({"ok": False, "description": "Too Many Requests: retry after 7", "parameters": None}).wait
    datetime.timedelta(seconds=7)
    """
    said, given = answer.get("description"), answer.get("parameters")
    description = said if isinstance(said, str) else ""
    parameters = given if isinstance(given, Mapping) else {}
    code, moved_to = _number(answer.get("error_code")), _number(parameters.get("migrate_to_chat_id"))
    found = _SAID_WAIT.search(description)
    seconds = _number(parameters.get("retry_after")) or (float(found[1]) if found else None)
    return Refusal(
        error_code=None if code is None else int(code),
        description=description,
        wait=timedelta(seconds=min(seconds, _LONGEST_WAIT_SECONDS)) if seconds is not None and seconds > 0 else None,
        moved_to=None if moved_to is None else int(moved_to),
    )


def _number(value: object) -> float | None:
    """Return a number, also one written as a text; None for all else, and for what is no finite number."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) == float("inf"):
        return None
    return value
