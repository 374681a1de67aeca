"""When to read a source, or knock at a host, again; pure."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from digests.errors import SourceError
from digests.model import Reading, Source, make_id

# Small outlets publish first and rarely, and a "304" costs next to nothing.
_AT_ONCE = timedelta(minutes=5)
_AT_LEISURE = timedelta(minutes=15)
_FIRST_RETRY = timedelta(minutes=5)
_LAST_RETRY = timedelta(hours=6)
_JITTER = 0.1
_LONGEST_WAIT = timedelta(hours=24)
# A feed's own `ttl` or `max-age` was not made for warnings: one of a day would make ours a day late.
LONGEST_FRESH = timedelta(hours=1)
# A source that is gone is looked at no more until a person adds it again.
_NEVER = timedelta(days=36_500)
# One request a second to a host, over two connections at most: what one reader with a browser would do.
BETWEEN_REQUESTS = timedelta(seconds=1)


def next_poll(
    source: Source,
    reading: Reading | None,
    error: SourceError | None,
    *,
    now: datetime,
    at_once: bool,
    floor: timedelta,
) -> datetime:
    """Return when a source is due again.

    Args:
        source: As it is after this read: `failures` counts the failed reads, the present one included, and one that
            is gone for good is not enabled.
        reading: What the read gave; None when it failed.
        error: Why it failed; None when it did not.
        at_once: Whether anybody is alerted at once: then no source waits longer than 5 minutes, else 15.
        floor: Never sooner than this, whatever else holds.
    """
    if not source.enabled:
        return now + _NEVER
    if error is not None:
        wait = _after_failure(source)
        asked = error.retry_after or timedelta()
    else:
        wait = min(_AT_ONCE if at_once else _AT_LEISURE, source.rhythm.interval or _AT_LEISURE)
        asked = reading.wait or timedelta() if reading else timedelta()
    if reading is not None and reading.more:
        return now
    due = max(wait * _jitter(source, at_once=at_once and error is None), floor)
    return now + max(due, min(asked, _LONGEST_WAIT))


def host_of(address: str) -> str:
    """Return the host that politeness counts by, in lower case and as it is asked for; "" for a folder.

    >>> host_of("https://ПРИКЛАД.example/rss")
    'xn--80aikifvh.example'
    """
    try:
        host = urlsplit(address).hostname or ""
        return host if host.isascii() else host.encode("idna").decode()
    except ValueError:
        return ""


def _after_failure(source: Source) -> timedelta:
    doublings = min(max(source.failures, 1) - 1, 10)
    return min(_FIRST_RETRY * int(2**doublings), _LAST_RETRY)


def _jitter(source: Source, *, at_once: bool) -> float:
    """Return a factor of 0.9 to 1.1, always the same for a source, so that sources do not knock all at once.

    A promise of 5 minutes is shortened by it, never lengthened.
    """
    share = int(make_id("jitter", source.id)[:8], 16) / 0xFFFFFFFF
    return 1 - _JITTER + share * _JITTER * (1 if at_once else 2)
