"""The drop folder: whatever is put into it, and however."""

import asyncio
import fcntl
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from digests.errors import SourceError
from digests.model import Entry, Reading, Source, SourceId
from digests.sources.folder import FolderReader, watch
from digests.sources.parser import FeedParser

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOW = datetime(2030, 11, 23, 12, tzinfo=UTC)  # long after any file of this test was written
TEXT = "The court in the harbour town adjourned the hearing. The lawyer said that it was late again."
SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def parser() -> AsyncIterator[FeedParser]:
    made = FeedParser()
    yield made
    await made.close()


@pytest.fixture
def reader(parser: FeedParser) -> FolderReader:
    return FolderReader(parser)


def _source(folder: Path, *, after: Reading | None = None) -> Source:
    validators = after.validators if after else ()
    return Source(id=SourceId("s1"), kind="folder", address=str(folder), title="Seeds", validators=validators)


async def _entries(reader: FolderReader, folder: Path) -> dict[str, Entry]:
    return {entry.identity: entry for entry in (await reader.read(_source(folder), now=NOW)).entries}


async def test_a_text_file_is_an_article(reader: FolderReader, tmp_path: Path) -> None:
    (tmp_path / "a b.txt").write_text("Hearing adjourned\n\n" + TEXT)
    entry = (await _entries(reader, tmp_path))["a b.txt"]
    assert (entry.title, entry.text, entry.language) == ("Hearing adjourned", TEXT, "en")
    assert entry.url == (tmp_path / "a b.txt").as_uri()
    assert (entry.published_at, entry.outlet) == (None, "")


async def test_front_matter_gives_date_outlet_address_and_language(reader: FolderReader, tmp_path: Path) -> None:
    front = "---\ntitle: Adjourned\ndate: 20 November 2026\noutlet: Liman News\nurl: https://l.example/1\n"
    (tmp_path / "a.md").write_text(front + "language: uk\n---\n" + TEXT)
    entry = (await _entries(reader, tmp_path))["a.md"]
    assert (entry.title, entry.outlet, entry.url) == ("Adjourned", "Liman News", "https://l.example/1")
    assert (entry.published_at, entry.language) == (datetime(2026, 11, 20, tzinfo=UTC), "uk")


@pytest.mark.parametrize(
    "front",
    [
        pytest.param("language: klingon-of-the-very-long-name", id="a language of many letters"),
        pytest.param("language: u\0k", id="a zero in a language"),
        pytest.param("url: https://l.example/\0a", id="a zero in an address"),
        pytest.param("url: https://l.example/" + "a" * 5_000, id="an address without end"),
        pytest.param("url: https://l.example/a b", id="a blank in an address"),
    ],
)
async def test_front_matter_that_no_database_takes_is_not_believed(
    reader: FolderReader, tmp_path: Path, front: str
) -> None:
    (tmp_path / "a.md").write_bytes(f"---\ntitle: Adjourned\n{front}\n---\n{TEXT}".encode("utf-16"))
    entry = (await _entries(reader, tmp_path))["a.md"]
    assert (entry.language, entry.url) == ("en", (tmp_path / "a.md").as_uri())


async def test_a_path_too_long_for_an_index_is_known_by_its_hash(reader: FolderReader, tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*("folder" * 30 for _ in range(5)))
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text(TEXT)
    (identity,) = await _entries(reader, tmp_path)
    assert identity.startswith("long:")


async def test_an_address_that_is_not_of_the_web_is_not_believed(reader: FolderReader, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nurl: javascript:alert(1)\n---\n" + TEXT)
    (tmp_path / "b.md").write_text("---\nurl: http://[broken\n---\n" + TEXT)
    assert all(entry.url.startswith("file:") for entry in (await _entries(reader, tmp_path)).values())


async def test_a_page_is_read_as_its_article(reader: FolderReader, tmp_path: Path) -> None:
    page = f"<html lang='en'><head><title>Adjourned</title></head><body><p>{TEXT}</p><script>x()</script></body></html>"
    (tmp_path / "a.HTML").write_text(page)
    entry = (await _entries(reader, tmp_path))["a.HTML"]
    assert (entry.title, entry.text, entry.language) == ("Adjourned", TEXT, "en")


@pytest.mark.parametrize(
    ("path", "outlet"),
    [
        ("steppe-radio/a.txt", "Steppe Radio"),
        ("QHA/2026/11/a.txt", "QHA"),
        ("Крим_news/a.txt", "Крим news"),
        ("a.txt", ""),
    ],
)
async def test_the_first_subfolder_is_the_outlet(reader: FolderReader, tmp_path: Path, path: str, outlet: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(TEXT)
    assert (await _entries(reader, tmp_path))[path].outlet == outlet


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251", "koi8-u"])
async def test_a_file_is_read_in_whatever_encoding(reader: FolderReader, tmp_path: Path, encoding: str) -> None:
    text = "Адвокатку Ельвіру Степову не пустили до суду. Її чекали в коридорі три години."
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    entry = (await _entries(reader, tmp_path))["a.txt"]
    assert (entry.text, entry.language) == (text, "uk")


async def test_what_is_no_article_is_passed_over(reader: FolderReader, tmp_path: Path) -> None:
    for name in ["README.md", ".gitkeep", ".a.txt", "a.txt~", "a.txt.part", "~a.txt", "a.tmp", "~a.pdf", ".git/a.txt"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT)
    os.symlink("/etc", tmp_path / "etc")
    assert await reader.read(_source(tmp_path), now=NOW) == Reading(unchanged=True)


async def test_one_bad_file_is_a_fault_of_its_own_and_the_others_are_read(reader: FolderReader, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(TEXT)
    (tmp_path / "binary.txt").write_bytes(b"\x7fELF\0\0\x01")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "spaces.txt").write_text(" \n ")
    (tmp_path / "tag.html").write_bytes(b"<a " + b'b="1" ' * 20_000 + b">")
    (tmp_path / "huge.txt").touch()
    os.truncate(tmp_path / "huge.txt", 500_000_000)
    os.symlink("/etc/passwd", tmp_path / "link.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    reading = await reader.read(_source(tmp_path), now=NOW)
    assert [entry.identity for entry in reading.entries] == ["good.txt"]
    assert dict(reading.faults) == {
        "binary.txt": "it is not a text",
        "empty.txt": "it is empty",
        "spaces.txt": "there is no text in it",
        "tag.html": "it holds a tag of more than 64 kB, which no honest page has",
        "huge.txt": "it is larger than 5 MB",
        "link.txt": "it is a link, which is not followed",
        "pipe.txt": "it is no ordinary file",
    }


async def test_a_fault_is_shown_until_the_file_is_mended_or_gone(reader: FolderReader, tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.txt").touch()
    assert len((await reader.read(_source(tmp_path), now=NOW)).faults) == 2
    assert len((await reader.read(_source(tmp_path), now=NOW)).faults) == 2
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").unlink()
    reading = await reader.read(_source(tmp_path), now=NOW)
    assert ([entry.identity for entry in reading.entries], reading.faults) == (["a.txt"], ())


async def test_a_file_is_given_once_and_again_when_it_changes(reader: FolderReader, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    first = await reader.read(_source(tmp_path), now=NOW)
    second = await reader.read(_source(tmp_path, after=first), now=NOW)
    assert (second.unchanged, second.entries, second.validators) == (True, (), first.validators)
    (tmp_path / "a.txt").write_text(TEXT + " More was said.")
    (tmp_path / "b.txt").write_text(TEXT)
    third = await reader.read(_source(tmp_path, after=second), now=NOW)
    assert [entry.identity for entry in third.entries] == ["a.txt", "b.txt"]


async def test_what_was_read_and_not_kept_is_given_again(reader: FolderReader, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    lost = await reader.read(_source(tmp_path), now=NOW)
    again = await reader.read(_source(tmp_path), now=NOW + timedelta(seconds=1))
    assert again.entries == lost.entries


async def test_a_file_that_somebody_is_writing_is_left_until_they_are_done(
    reader: FolderReader, tmp_path: Path
) -> None:
    with (tmp_path / "a.txt").open("w") as writing:
        writing.write(TEXT[:40])
        writing.flush()
        at = datetime.fromtimestamp((tmp_path / "a.txt").stat().st_mtime, UTC)
        assert await reader.read(_source(tmp_path), now=at + timedelta(minutes=9)) == Reading(unchanged=True)
        late = await reader.read(_source(tmp_path), now=at + timedelta(minutes=11))
        assert (late.entries, [which for which, _ in late.faults]) == ((), ["a.txt"])
        writing.write(TEXT[40:])
    assert (await _entries(reader, tmp_path))["a.txt"].text == TEXT


@pytest.mark.parametrize(
    ("seconds", "is_read"),
    [
        pytest.param(-600, True, id="stamped by a wrong clock"),
        pytest.param(-5, False, id="written since the reading began"),
        pytest.param(1, False, id="written just now"),
        pytest.param(3, True, id="at rest"),
    ],
)
async def test_where_no_lease_is_to_be_had_a_file_must_rest_two_seconds(
    seconds: int, is_read: bool, reader: FolderReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(fcntl, "F_SETLEASE")
    (tmp_path / "a.txt").write_text(TEXT)
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    os.utime(tmp_path / "a.txt", (at.timestamp(), at.timestamp()))
    reading = await reader.read(_source(tmp_path), now=at + timedelta(seconds=seconds))
    assert bool(reading.entries) == is_read


async def test_entries_come_by_date_and_then_by_name(reader: FolderReader, tmp_path: Path) -> None:
    for name, date in [("c", "2026-11-20"), ("a", "2026-11-21"), ("z", ""), ("b", "")]:
        (tmp_path / f"{name}.md").write_text(f"---\ndate: {date}\n---\n{TEXT}")
    reading = await reader.read(_source(tmp_path), now=NOW)
    assert [entry.identity for entry in reading.entries] == ["c.md", "a.md", "b.md", "z.md"]


async def test_a_very_full_folder_is_read_in_parts(reader: FolderReader, tmp_path: Path) -> None:
    for number in range(2_100):
        (tmp_path / f"{number}.txt").write_text(f"Text {number}.")
    first = await reader.read(_source(tmp_path), now=NOW)
    assert (len(first.entries), first.more) == (2_000, True)
    second = await reader.read(_source(tmp_path, after=first), now=NOW)
    assert (len(second.entries), second.more) == (100, False)
    assert not {entry.identity for entry in first.entries} & {entry.identity for entry in second.entries}


async def test_a_folder_that_is_not_there_is_an_error_that_says_what_to_do(
    reader: FolderReader, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="make it, or name another"):
        await reader.read(_source(tmp_path / "none"), now=NOW)
    with pytest.raises(SourceError, match="make it, or name another"):
        await anext(watch(tmp_path / "none"))


async def test_a_link_on_the_way_leads_nowhere(reader: FolderReader, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "inner").mkdir(parents=True)
    (outside / "inner" / "a.txt").write_text(TEXT)
    folder = tmp_path / "folder"
    folder.mkdir()
    os.symlink(outside, folder / "way")
    assert await _entries(reader, folder) == {}


async def test_the_folder_may_be_named_from_where_we_stand(
    reader: FolderReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    source = replace(_source(tmp_path), address=".")
    (entry,) = (await reader.read(source, now=NOW)).entries
    assert entry.url == (tmp_path / "a.txt").as_uri()


async def test_a_watch_wakes_when_something_is_put_into_the_folder_or_a_new_one_in_it(tmp_path: Path) -> None:
    wakes = watch(tmp_path)
    woken: list[Path] = []
    for path in (tmp_path / "a.txt", tmp_path / "new" / "b.txt"):
        waking = asyncio.ensure_future(anext(wakes))
        while not waking.done():  # the watch itself takes a moment to begin
            path.parent.mkdir(exist_ok=True)
            path.write_text(TEXT)
            await asyncio.wait([waking], timeout=0.2)
        await waking
        woken.append(path)
    await wakes.aclose()  # type: ignore[attr-defined]
    assert [path.name for path in woken] == ["a.txt", "b.txt"]


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the sample articles are not beside the project")
async def test_articles_without_a_title_have_their_first_sentence(reader: FolderReader) -> None:
    entries = (await reader.read(_source(SEEDS), now=NOW)).entries
    assert len(entries) == 5
    assert all(entry.text.startswith(entry.title) and entry.language == "en" for entry in entries)
    assert any("Refat Chubarov" in entry.title for entry in entries)


_WRITER = """
import sys, time
pieces = [f"Piece {number} of the text was written. " for number in range(8)]
with open(sys.argv[1], "w") as out:
    for piece in pieces:
        out.write(piece)
        out.flush()
        time.sleep(0.05)
"""


@pytest.mark.parametrize("has_leases", [True, False])
async def test_what_another_program_writes_piece_by_piece_is_never_read_half(
    reader: FolderReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_leases: bool
) -> None:
    if not has_leases:
        monkeypatch.delattr(fcntl, "F_SETLEASE")
    (tmp_path / "drop").mkdir()
    writer = await asyncio.create_subprocess_exec(sys.executable, "-c", _WRITER, str(tmp_path / "drop/a.txt"))
    texts: list[str] = []
    source = _source(tmp_path / "drop")
    async with asyncio.timeout(30):
        while not texts:
            reading = await reader.read(source, now=datetime.now(UTC))
            texts += [entry.text for entry in reading.entries]
            await asyncio.sleep(0.01)
    assert await writer.wait() == 0
    assert [text.count("Piece") for text in texts] == [8]


async def test_a_file_put_in_the_place_of_another_is_read_anew(reader: FolderReader, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    first = await reader.read(_source(tmp_path), now=NOW)
    stamp = (tmp_path / "a.txt").stat().st_mtime_ns
    (tmp_path / "new.part").write_text(TEXT.replace("Monday", "Friday").replace("late", "long"))
    os.utime(tmp_path / "new.part", ns=(stamp, stamp))
    (tmp_path / "new.part").rename(tmp_path / "a.txt")
    (entry,) = (await reader.read(_source(tmp_path, after=first), now=NOW)).entries
    assert (entry.identity, "long again" in entry.text) == ("a.txt", True)


async def test_a_renamed_or_removed_file_leaves_no_trace_in_the_memory(reader: FolderReader, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    first = await reader.read(_source(tmp_path), now=NOW)
    (tmp_path / "a.txt").rename(tmp_path / "b.txt")
    second = await reader.read(_source(tmp_path, after=first), now=NOW)
    assert [entry.identity for entry in second.entries] == ["b.txt"]
    (tmp_path / "b.txt").unlink()
    assert (await reader.read(_source(tmp_path, after=second), now=NOW)).entries == ()


async def test_what_lies_there_for_us_and_cannot_be_read_is_said(reader: FolderReader, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    (tmp_path / "letter.docx").write_bytes(b"PK")
    (tmp_path / "picture.jpg").write_bytes(b"JFIF")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")).write_text(TEXT)
    deep = tmp_path.joinpath(*["d"] * 22)
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text(TEXT)
    reading = await reader.read(_source(tmp_path), now=NOW)
    kind = "this kind of file is not read; save it as .txt, .md or .html"
    assert dict(reading.faults) == {
        "report.pdf": kind,
        "letter.docx": kind,
        "\\udcff.txt": "its name holds signs that are no text; rename it",
        "/".join(["d"] * 21): "it lies more than 20 folders deep",
    }
    (tmp_path / "report.pdf").unlink()
    assert "report.pdf" not in dict((await reader.read(_source(tmp_path), now=NOW)).faults)


async def test_a_file_with_an_impossible_time_is_read(reader: FolderReader, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    os.utime(tmp_path / "a.txt", (-(10**10), -(10**10)))
    assert "a.txt" in await _entries(reader, tmp_path)


async def test_a_date_that_stands_alone_at_the_top_is_the_articles(reader: FolderReader, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"Засідання відкладено\n20 листопада 2026, 14:30\n\n{TEXT}")
    (tmp_path / "b.md").write_text(f"---\nauthor: Safiye Canbekova\n---\n20.11.2026\n# Adjourned\n\n{TEXT}")
    found = await _entries(reader, tmp_path)
    assert found["a.txt"].published_at == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
    assert (found["a.txt"].title, found["a.txt"].text) == ("Засідання відкладено", TEXT)
    assert (found["b.md"].title, found["b.md"].published_at) == ("Adjourned", datetime(2026, 11, 20, tzinfo=UTC))
    assert found["b.md"].authors == ("Safiye Canbekova",)


@pytest.mark.slow
async def test_a_hundred_thousand_files_are_read_within_minutes(reader: FolderReader, tmp_path: Path) -> None:
    for number in range(100_000):
        folder = tmp_path / f"outlet-{number % 100}"
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.txt").write_text(f"Text {number}\n\nThe hearing was adjourned on day {number}.")
    source, found = _source(tmp_path), 0
    async with asyncio.timeout(900):  # 54 s of CPU; 271 s where six others worked beside it
        while True:
            reading = await reader.read(source, now=NOW)
            found += len(reading.entries)
            source = replace(source, validators=reading.validators)
            if not reading.more:
                break
    assert found == 100_000
    assert (await reader.read(source, now=NOW)).unchanged
