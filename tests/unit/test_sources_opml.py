"""Lists of feeds, as other programs write them and as ours."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.errors import SourceError
from digests.model import Source, SourceId, Stance
from digests.sources.opml import Outline, parse_opml, why_refused, write_opml

CATALOGUE = Path(__file__).resolve().parents[2] / "config/feeds.opml"


def _opml(body: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="1.0"><head/><body>{body}</body></opml>'.encode()


def _parse(body: str) -> tuple[Outline, ...]:
    return parse_opml(_opml(body), where="list.opml")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(
            '<outline type="rss" text="Steppe" xmlUrl="https://s.example/rss" htmlUrl="https://s.example/"/>',
            [Outline(address="https://s.example/rss", title="Steppe")],
            id="as most write it",
        ),
        pytest.param(
            "<outline text='News'><outline text='A' xmlURL='https://a.example/?x=1&amp;y=2'></outline></outline>",
            [Outline(address="https://a.example/?x=1&y=2", title="A")],
            id="in a folder, single quotes, another case",
        ),
        pytest.param(
            '<outline title="Лиман &quot;1&quot;" text="x" xmlUrl="https://l.example/a&b=1" language="uk-UA"/>',
            [Outline(address="https://l.example/a&b=1", title='Лиман "1"', language="uk")],
            id="no proper XML",
        ),
        pytest.param(
            '<outline text="a > b" stance="ngo" xmlUrl="https://a.example/"/>',
            [Outline(address="https://a.example/", title="a > b", stance=Stance.NGO)],
            id="a bracket inside",
        ),
        pytest.param(
            '<outline xmlUrl="https://a.example/"/><outline text="again" xmlUrl="https://a.example/"/>',
            [Outline(address="https://a.example/", title="")],
            id="twice",
        ),
        pytest.param('<!-- <outline xmlUrl="https://a.example/"/> -->', [], id="in a comment"),
        pytest.param('<outline text="only a folder"/><outline', [], id="no address"),
        pytest.param(
            '<outline type="channel" xmlUrl="https://t.me/steppe" stance="loud"/>',
            [Outline(address="https://t.me/steppe", title="", kind="channel")],
            id="another kind of source",
        ),
    ],
)
def test_a_list_of_another_program_is_read(body: str, found: list[Outline]) -> None:
    assert list(_parse(body)) == found


def test_a_list_in_another_encoding_is_read() -> None:
    text = (
        '<?xml version="1.0" encoding="windows-1251"?><opml><outline text="Лиман" xmlUrl="https://l.example/"/></opml>'
    )
    (outline,) = parse_opml(text.encode("windows-1251"), where="list.opml")
    assert outline.title == "Лиман"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<rss/>", "not OPML"),
        (b"", "not OPML"),
        (bytes(100), "not a text"),
        (b"<opml>" + b" " * 5_000_001, "larger than 5 MB"),
        (_opml('<outline xmlUrl="https://a.example/"/>' * 20_001), "more than 20,000"),
    ],
)
def test_what_is_no_list_is_said_so(data: bytes, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        parse_opml(data, where="list.opml")


def test_no_entity_is_defined_and_nothing_is_fetched() -> None:
    evil = b"""<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&a;&a;">]>
    <opml><outline text="&b;" xmlUrl="https://a.example/&b;"/></opml>"""
    (outline,) = parse_opml(evil, where="list.opml")
    assert (outline.title, outline.address) == ("&b;", "https://a.example/&b;")


@pytest.mark.parametrize("piece", [b"<outline ", b"<!--", b'<outline text="', b"<outline a=' "])
def test_no_list_takes_more_than_a_moment(piece: bytes) -> None:
    began = time.process_time()
    assert parse_opml(b"<opml>" + piece * (4_900_000 // len(piece)), where="list.opml") == ()
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("outline", "refused"),
    [
        (Outline(address="https://a.example/rss", title=""), None),
        (Outline(address="http://10.0.0.1/rss", title=""), None),
        (Outline(address="https://t.me/steppe", title="", kind="channel"), None),
        (Outline(address="file:///etc/passwd", title=""), "no http or https"),
        (Outline(address="feed:a.example", title=""), "no http or https"),
        (Outline(address="http://[broken", title=""), "no http or https"),
        (Outline(address="https://user:secret@a.example/", title=""), "user name"),
        (Outline(address="https://a.example/" + "x" * 2_000, title=""), "no http or https"),
        (Outline(address="/srv/private", title="", kind="folder"), "of a kind"),
        (Outline(address="https://a.example/", title="", kind="site"), "of a kind"),
    ],
)
def test_what_cannot_be_a_source_is_refused_with_its_reason(outline: Outline, refused: str | None) -> None:
    why = why_refused(outline, ("feed", "folder", "channel"))
    assert why is None if refused is None else why is not None and refused in why


@given(
    st.lists(
        st.builds(
            Outline,
            address=st.text(alphabet="ab/?&=<>\"'%;#", min_size=1).map(lambda tail: f"https://a.example/{tail}"),
            title=st.text(alphabet="Лa \"'<>&;-", min_size=1, max_size=50),
            language=st.sampled_from([None, "uk", "crh"]),
            stance=st.sampled_from(Stance),
        ),
        unique_by=lambda outline: outline.address,
    )
)
def test_what_was_written_is_read_again(outlines: list[Outline]) -> None:
    sources = [
        Source(
            id=SourceId(str(number)),
            kind="feed",
            address=outline.address,
            title=outline.title,
            language=outline.language,
            stance=outline.stance,
        )
        for number, outline in enumerate(outlines)
    ]
    written = write_opml(sources, title="Haberdar")
    read = parse_opml(written.encode(), where="list.opml")
    assert [(o.address, o.language, o.stance) for o in read] == [(o.address, o.language, o.stance) for o in outlines]


def test_the_drop_folder_is_in_no_list() -> None:
    folder = Source(id=SourceId("f"), kind="folder", address="/srv/seeds", title="Seeds")
    assert "seeds" not in write_opml([folder], title="Haberdar")


def test_the_shipped_catalogue_is_whole() -> None:
    outlets = parse_opml(CATALOGUE.read_bytes(), where="config/feeds.opml")
    assert len(outlets) >= 40
    assert len({outlet.title.casefold() for outlet in outlets}) == len(outlets)
    assert all(outlet.language and outlet.stance is not Stance.UNKNOWN for outlet in outlets)
    assert all(outlet.address.startswith("https://") for outlet in outlets)
    assert {outlet.language for outlet in outlets} == {"uk", "ru", "en", "tr", "crh", "pl"}
    assert {outlet.stance for outlet in outlets} == set(Stance) - {Stance.UNKNOWN}
