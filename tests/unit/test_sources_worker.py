"""What the worker process does, in this one."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from digests.sources.webpage import read_page
from digests.sources.worker import answer, answer_all
from tests.fakes.feeds import item, rss
from tests.shell import CHECKOUT

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_worker_answers_questions_until_there_are_no_more() -> None:
    body = rss(item("g"))
    asked = {"kind": "feed", "url": "https://x.example/", "charset": "", "now": NOW.isoformat(), "size": len(body)}
    questions = json.dumps(asked).encode() + b"\n" + body + b'{"kind": "ready", "size": 0}\n'
    answers = io.BytesIO()
    answer_all(io.BytesIO(questions), answers)
    answers.seek(0)
    first = json.loads(answers.read(int.from_bytes(answers.read(4), "big")))
    second = json.loads(answers.read(int.from_bytes(answers.read(4), "big")))
    assert first["entries"][0]["identity"] == "g"
    assert second == {"ready": True}


@pytest.mark.parametrize(("kind", "is_loaded"), [("page", True), ("feed", False), ("preview", False)])
def test_what_reads_a_kind_of_document_is_loaded_before_the_first_one_comes(kind: str, is_loaded: bool) -> None:
    program = f"""
import sys
from digests.sources.worker import answer
assert answer({{"kind": "ready", "of": {kind!r}}}, b"") == {{"ready": True}}
print("trafilatura" in sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True)

    assert said.stdout == f"{is_loaded}\n"


@pytest.mark.parametrize(
    ("kind", "data", "fault"),
    [
        ("feed", b"<html>", "this is a web page, not a feed"),
        ("page", b"a\0b", "it is not a text"),
        ("page", b"<a " + b'b="1" ' * 20_000 + b">", "it holds a tag of more than 64 kB, which no honest page has"),
    ],
)
def test_the_worker_says_what_it_cannot_read(kind: str, data: bytes, fault: str) -> None:
    asked = {"kind": kind, "url": "https://x.example/", "charset": "", "now": NOW.isoformat()}
    assert answer(asked, data) == {"fault": fault}


def test_a_fault_of_a_parser_is_the_documents_own() -> None:
    asked = {"kind": "feed", "url": "https://x.example/", "charset": "", "now": "no date"}
    assert answer(asked, rss()) == {"fault": "it is broken in a way that we cannot read (ValueError)"}


@pytest.mark.parametrize(
    ("source", "title", "text"),
    [
        pytest.param("<title>A &amp; B</title><p>Short.</p>", "A & B", "Short.", id="almost nothing"),
        pytest.param("plain words", "", "plain words", id="no mark-up"),
        pytest.param("<meta name=description><title>T", "", "T", id="never closed"),
    ],
)
def test_a_poor_page_still_gives_its_words(source: str, title: str, text: str) -> None:
    page = read_page(source.encode())
    assert page.title == title
    assert text in page.text or page.text == ""
