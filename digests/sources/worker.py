"""The worker process: documents in on standard input, what they say out on standard output, until the input ends.

A question is a line of JSON with the body's size, then the body; an answer is its length in four bytes, then JSON.
"""

import json
import os
import resource
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import BinaryIO

from digests.sources.document import NotAFeed, read_document
from digests.sources.entries import make_entries, plain_language, plain_title
from digests.sources.preview import read_preview
from digests.sources.webpage import read_page

_MEMORY_BYTES = 600_000_000


def main() -> None:
    """Answer questions until there are no more, in at most 600 MB."""
    # numpy's threads reserve memory for each core of a large machine, and py3langid needs none of them.
    os.putenv("OPENBLAS_NUM_THREADS", "1")
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    answer_all(sys.stdin.buffer, sys.stdout.buffer)


def answer_all(questions: BinaryIO, answers: BinaryIO) -> None:
    """Write an answer to each question."""
    while line := questions.readline():
        asked = json.loads(line)
        data = questions.read(asked["size"])
        reply = json.dumps(answer(asked, data), ensure_ascii=False).encode(errors="replace")
        answers.write(len(reply).to_bytes(4, "big") + reply)
        answers.flush()


def answer(asked: Mapping[str, str], data: bytes) -> dict[str, object]:
    """Return what a document says, or under "fault" why it says nothing."""
    try:
        match asked["kind"]:
            case "feed":
                return _feed(asked, data)
            case "page":
                return _page(asked, data)
            case "preview":
                return asdict(read_preview(data, asked.get("charset") or None))
            case _:
                return _warmed_up(asked.get("of"))
    except NotAFeed as error:
        return {"fault": str(error)}
    except (MemoryError, RecursionError):
        return {"fault": "it is built so that reading it takes more memory than we give"}
    except Exception as error:  # noqa: BLE001 the parsers' own faults on broken input: this document's, no other's
        return {"fault": f"it is broken in a way that we cannot read ({type(error).__name__})"}


def _feed(asked: Mapping[str, str], data: bytes) -> dict[str, object]:
    document = read_document(data, charset=asked.get("charset") or None, url=asked["url"])
    if asked.get("hold_back") and not document.is_whole:
        # Where it breaks off, half an article would be kept, and the whole one told as news of it.
        document = replace(document, entries=document.entries[:-1])
    by_link = bool(asked.get("by_link"))
    entries = make_entries(document, url=asked["url"], now=datetime.fromisoformat(asked["now"]), by_link=by_link)
    return {
        "entries": [asdict(entry) | {"published_at": _iso(entry.published_at)} for entry in entries],
        "title": plain_title(document.title),
        "language": plain_language(document.language),
        "ttl_minutes": document.ttl_minutes,
        "is_whole": document.is_whole,
    }


def _page(asked: Mapping[str, str], data: bytes) -> dict[str, object]:
    return asdict(read_page(data, asked.get("charset") or None))


def _warmed_up(kind: str | None) -> dict[str, object]:
    """Do what takes long the first time, so that no document of this kind pays for it."""
    from digests.text.langid import unpacked

    read_document(b"<rss><channel/></rss>", charset=None, url="")
    unpacked()
    if kind == "page":
        read_page(b"<p>A page.</p>", None)
    return {"ready": True}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
