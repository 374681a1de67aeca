"""A name server of our own: it says where names are, the same each time or another place at every question."""

from collections.abc import Mapping, Sequence
from socket import AF_INET, AF_INET6

from aiohttp.abc import AbstractResolver, ResolveResult


class Names(AbstractResolver):
    """Knows some names, and says of every other name in "example" that it is on loopback.

    Args:
        known: For a name its answers, each a list of addresses; the last one is given again and again.
    """

    def __init__(self, known: Mapping[str, Sequence[Sequence[str]]] | None = None) -> None:
        self._known = {name: list(answers) for name, answers in (known or {}).items()}

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        """Return where a name is now."""
        answers = self._known.get(host)
        if answers is None and not host.endswith(".example"):
            raise OSError(None, "no such name")
        found = ["127.0.0.1"] if answers is None else answers[0]
        if answers is not None and len(answers) > 1:
            answers.pop(0)
        return [
            ResolveResult(
                hostname=host, host=at, port=port, family=AF_INET6 if ":" in at else AF_INET, proto=0, flags=0
            )
            for at in found
        ]

    async def close(self) -> None:
        """Do nothing."""
