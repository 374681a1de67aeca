"""Reading RSS, Atom, RDF and JSON Feed."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from digests.model import Entry, Reading, Source
from digests.sources.http import Fetched, Fetcher
from digests.sources.pace import LONGEST_FRESH
from digests.sources.parser import Feed, FeedParser

# Some servers answer "not modified" for ever; once a day we do not ask on conditions.
_WHOLE_EVERY = timedelta(hours=24)


class FeedReader:
    """Reads feeds by their address; what it must know of the last read is in the source's validators.

    Validators: `etag` and `last_modified` as the server wrote them, `hash` of the body, `whole_at` the last fetch
    without conditions, `by` "link" once the feed was seen to give the same entries new guids, and nothing but `cut`
    after an answer that broke off.
    """

    def __init__(self, fetcher: Fetcher, parser: FeedParser) -> None:
        self._fetcher = fetcher
        self._parser = parser
        # For each source the identity that each address had: to see guids that change at every fetch.
        self._known: dict[str, dict[str, str]] = {}

    async def read(self, source: Source, *, now: datetime) -> Reading:
        """Return the feed's newest entries; nothing but `unchanged` when the server or the body says so."""
        kept = dict(source.validators)
        ask_whole = _is_due(kept.get("whole_at", ""), now)
        fetched = await self._fetcher.get(
            source.address,
            now=now,
            user_agent=source.user_agent,
            etag="" if ask_whole else kept.get("etag", ""),
            last_modified="" if ask_whole else kept.get("last_modified", ""),
        )
        if fetched.unchanged:
            wait = _wait(fetched.max_age, None)
            return Reading(unchanged=True, validators=source.validators, wait=wait, moved_to=fetched.moved_to)
        body_hash = hashlib.blake2b(fetched.body, digest_size=16).hexdigest()
        if kept.get("hash") == body_hash:
            whole_at = "" if ask_whole else kept.get("whole_at", "")
            validators = _validators(fetched, body_hash, whole_at, now, kept.get("by"))
            wait = _wait(fetched.max_age, None)
            return Reading(unchanged=True, validators=validators, wait=wait, moved_to=fetched.moved_to)
        return await self._parsed(source, fetched, body_hash, kept, now)

    async def _parsed(
        self, source: Source, fetched: Fetched, body_hash: str, kept: dict[str, str], now: datetime
    ) -> Reading:
        by = kept.get("by")
        # A server that is just being written to is whole next time; one that never is, is read as it is.
        hold_back = "cut" not in kept
        feed = await self._parse(source, fetched, now, by_link=by == "link", hold_back=hold_back)
        if by is None and self._changes_guids(source, feed.entries):
            by = "link"
            feed = await self._parse(source, fetched, now, by_link=True, hold_back=hold_back)
        self._known[source.id] = {entry.url: entry.identity for entry in feed.entries}
        # A body that breaks off is asked for again as if it had never been seen.
        validators = _validators(fetched, body_hash, "", now, by) if feed.is_whole else (("cut", "yes"),)
        return Reading(
            entries=feed.entries,
            validators=validators,
            title=feed.title,
            language=feed.language or None,
            wait=_wait(fetched.max_age, feed.ttl),
            moved_to=fetched.moved_to,
        )

    async def _parse(self, source: Source, fetched: Fetched, now: datetime, **how: bool) -> Feed:
        return await self._parser.parse_feed(
            fetched.body,
            address=source.address,
            url=fetched.url,
            charset=fetched.charset,
            now=now,
            **how,
        )

    def _changes_guids(self, source: Source, entries: Sequence[Entry]) -> bool:
        """Return whether most entries that were here before have another identity now, at the same address."""
        known = self._known.get(source.id, {})
        met = [entry for entry in entries if entry.url in known]
        changed = sum(known[entry.url] != entry.identity for entry in met)
        return len(met) >= 2 and changed * 2 > len(met)


def _is_due(whole_at: str, now: datetime) -> bool:
    try:
        return now - datetime.fromisoformat(whole_at) >= _WHOLE_EVERY
    except (ValueError, TypeError):
        return True


def _validators(
    fetched: Fetched, body_hash: str, whole_at: str, now: datetime, by: str | None
) -> tuple[tuple[str, str], ...]:
    found = {
        "etag": fetched.etag,
        "last_modified": fetched.last_modified,
        "hash": body_hash,
        "whole_at": whole_at or now.astimezone(UTC).isoformat(timespec="seconds"),
        "by": by or "",
    }
    return tuple((key, value) for key, value in found.items() if value)


def _wait(max_age: timedelta | None, ttl: timedelta | None) -> timedelta | None:
    """Return the longer of the two waits a source asks for, at most an hour."""
    asked = [wait for wait in (max_age, ttl) if wait]
    return min(max(asked), LONGEST_FRESH) if asked else None
