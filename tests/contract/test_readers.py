"""What every reader must do, whatever kind of source it reads; a new kind joins by a line in `SETTINGS`."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unicodedata import is_normalized

import pytest

from digests.errors import SourceError
from digests.model import Source, SourceId
from digests.sources.base import READERS, Reader, open_tools
from tests.fakes.channels import FakeChannel
from tests.fakes.feeds import Answer, feed_server, item, rss

NOW = datetime(2030, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Setting:
    """A source of one kind, and how to change what stands in it."""

    reader: Reader
    source: Source
    publish: Callable[[list[str]], None]
    spoil: Callable[[], None]


@asynccontextmanager
async def _folder(tmp_path: Path) -> AsyncIterator[Setting]:
    folder = tmp_path / "drop"
    folder.mkdir()

    def publish(texts: list[str]) -> None:
        for number, text in enumerate(texts):
            (folder / f"{number}.txt").write_text(text)

    def spoil() -> None:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()

    async with open_tools() as tools:
        source = Source(id=SourceId("s"), kind="folder", address=str(folder), title="Drop")
        yield Setting(READERS["folder"](tools), source, publish, spoil)


@asynccontextmanager
async def _feed(tmp_path: Path) -> AsyncIterator[Setting]:
    async with feed_server() as server, open_tools(allow_networks=server.networks) as tools:

        def publish(texts: list[str]) -> None:
            items = [item(str(number), title=text, text=text) for number, text in enumerate(texts)]
            server.answers(Answer(body=rss(*reversed(items))))

        def spoil() -> None:
            server.answers(Answer(status=500))

        publish([])
        source = Source(id=SourceId("s"), kind="feed", address=server.url(), title="Feed")
        yield Setting(READERS["feed"](tools), source, publish, spoil)


@asynccontextmanager
async def _channel(tmp_path: Path) -> AsyncIterator[Setting]:
    async with (
        feed_server() as server,
        open_tools(allow_networks=server.networks, channel_host=server.url("")) as tools,
    ):

        def publish(texts: list[str]) -> None:
            made = FakeChannel("steppe_radio")
            for text in texts:
                made.post(text, NOW)
            server.answers_all(made)

        def spoil() -> None:
            server.answers_all(lambda _: Answer(status=500))

        publish([])
        source = Source(id=SourceId("s"), kind="channel", address="https://t.me/steppe_radio", title="Channel")
        yield Setting(READERS["channel"](tools), source, publish, spoil)


SETTINGS: dict[str, Callable[[Path], AbstractAsyncContextManager[Setting]]] = {
    "folder": _folder,
    "feed": _feed,
    "channel": _channel,
}


@pytest.fixture(params=sorted(READERS))
async def setting(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Setting]:
    async with SETTINGS[request.param](tmp_path) as made:
        yield made


async def test_what_stands_in_it_comes_oldest_first_in_one_form(setting: Setting) -> None:
    setting.publish(["Перший текст про суд у місті.", "Others wrote of Boz\u00addaliev\u200b, e\u0301cole."])
    reading = await setting.reader.read(setting.source, now=NOW)
    assert [entry.text for entry in reading.entries] == [
        "Перший текст про суд у місті.",
        "Others wrote of Bozdaliev, école.",
    ]
    for entry in reading.entries:
        assert entry.title
        assert "\n" not in entry.title + entry.identity + entry.url
        assert is_normalized("NFC", entry.text)


async def test_what_was_kept_is_not_given_again(setting: Setting) -> None:
    setting.publish(["One text about the court."])
    first = await setting.reader.read(setting.source, now=NOW)
    known = replace(setting.source, validators=first.validators)
    second = await setting.reader.read(known, now=NOW + timedelta(minutes=5))
    assert (second.unchanged, second.entries) == (True, ())


async def test_what_was_not_kept_is_given_again(setting: Setting) -> None:
    setting.publish(["One text about the court."])
    first = await setting.reader.read(setting.source, now=NOW)
    again = await setting.reader.read(setting.source, now=NOW + timedelta(minutes=5))
    assert again.entries == first.entries


async def test_what_is_new_is_given_and_keeps_its_identity(setting: Setting) -> None:
    setting.publish(["One text about the court."])
    first = await setting.reader.read(setting.source, now=NOW)
    setting.publish(["One text about the court, mended.", "Another text, about the harbour."])
    known = replace(setting.source, validators=first.validators)
    second = await setting.reader.read(known, now=NOW + timedelta(minutes=5))
    assert len(second.entries) == 2
    assert first.entries[0].identity in {entry.identity for entry in second.entries}


async def test_what_cannot_be_read_is_a_source_error_in_plain_words(setting: Setting) -> None:
    setting.spoil()
    with pytest.raises(SourceError) as caught:
        await setting.reader.read(setting.source, now=NOW)
    assert caught.value.source == setting.source.address
    assert caught.value.why
    assert setting.source.address not in caught.value.why


async def test_its_memo_does_not_grow_with_what_it_has_seen(setting: Setting) -> None:
    setting.publish(["One."])
    small = await setting.reader.read(setting.source, now=NOW)
    setting.publish([f"Text number {number} about the court." for number in range(300)])
    large = await setting.reader.read(setting.source, now=NOW)
    assert len(str(large.validators)) <= len(str(small.validators)) + 20


def test_every_kind_of_source_stands_in_this_contract() -> None:
    assert SETTINGS.keys() == READERS.keys()
