"""What one `serve` does of all there is to do."""

from enum import StrEnum


class Role(StrEnum):
    """A share of the work; any number of processes may have each."""

    POLL = "poll"
    PLACE = "place"
    WRITE = "write"
    DELIVER = "deliver"
    FRONT = "front"


ALL_ROLES = frozenset(Role)
