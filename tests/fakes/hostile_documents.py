"""What stands in the bodies that hostile servers send: bombs, floods, lies about signs, and entries that never rest."""

import struct
from collections.abc import Iterator

from tests.fakes.behaviour import Behaviour
from tests.fakes.feeds import Answer, Asked, item, rss

_XML = {"Content-Type": "application/rss+xml"}
_Bodies = dict[str, tuple[bytes, frozenset[str] | None]]


class _Counting:
    """Gives every entry a new guid, and its page a new date, at every fetch."""

    def __init__(self) -> None:
        self._asked = 0

    def __call__(self, asked: Asked) -> Answer:
        self._asked += 1
        links = [f"https://steppe.example/{number}" for number in range(6)]
        items = [item(f"{self._asked}-{at}", link=link, title=f"T{at}", text=link) for at, link in enumerate(links)]
        return Answer(body=rss(*items, head=f"<lastBuildDate>{self._asked}</lastBuildDate>"), headers=_XML)


def documents(forbidden: int, percent: int) -> Iterator[tuple[str, Behaviour]]:
    """Return behaviours whose harm is in the body.

    Args:
        forbidden: A port of loopback where nobody may come.
        percent: How large the floods are.
    """
    inner = f"http://127.0.0.1:{forbidden}/"
    lol = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    bodies: dict[str, tuple[bytes, frozenset[str] | None]] = {
        "attributes": (b"<rss><channel " + b'a="1" ' * 200_000 + b"></channel></rss>", frozenset()),
        "attributes-each-its-own": (
            b"<rss><channel " + b"".join(b'a%d="1" ' % n for n in range(100_000)) + b"></channel></rss>",
            frozenset(),
        ),
        "nested": (b"<rss><channel><item><title>" + b"<b>" * 30_000 + b"</title></item></channel></rss>", None),
        "laughs": (
            f'<!DOCTYPE r [<!ENTITY l0 "ha">{lol}]>'.encode() + rss(item("laughs", title="&l9;")),
            None,
        ),
        "outer-entity": (
            f'<!DOCTYPE r [<!ENTITY x SYSTEM "{inner}">]>'.encode() + rss(item("outer", title="A &x; title")),
            None,
        ),
        "outer-file": (
            b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss(item("file", title="A &x; title")),
            None,
        ),
        "outer-dtd": (f'<!DOCTYPE rss SYSTEM "{inner}x.dtd">'.encode() + rss(item("dtd")), None),
        "style-sheet": (f'<?xml-stylesheet href="{inner}"?>'.encode() + rss(item("style")), None),
        "many-entries": (rss(*(item(f"many-{n}") for n in range(2_000))), None),
        "a-title-of-5-mb": (rss(item("long", title="x" * 5_000_000)), frozenset({"long"})),
        "a-text-of-marks": (rss(item("marks", text="a" + "\u0301" * 500_000)), frozenset({"marks"})),
        "numbers-in-entities": (rss(item("numbers", text="&amp;#" + "9" * 5000 + ";")), None),
        "one-guid-for-all": (rss(*(item("same", link=f"https://steppe.example/s{n}") for n in range(5))), None),
        "no-guid-no-link": (b"<rss><channel><item><title>Only a title</title></item></channel></rss>", None),
        "impossible-dates": (
            rss(item("zero", date="0000-00-00"), item("far", date="Fri, 31 Dec 9999 23:59:59 GMT")),
            frozenset({"zero", "far"}),
        ),
        "picture": (b"\x89PNG\r\n\x1a\n" + struct.pack(">IIII", 13, 0x49484452, 1, 1) + bytes(2000), frozenset()),
        "web-page": (b"<!doctype html><html><body><p>Please enable scripts.</p></body></html>", frozenset()),
        "json": (b'{"error": "no"}', frozenset()),
        "json-nested": (b"[" * 100_000, frozenset()),
        "json-feed-of-nonsense": (
            b'{"version": "https://jsonfeed.org/version/1", "items": [1, null, {"id": {}}, {"id": 7, "title": 3}]}',
            None,
        ),
        "zero-bytes": (rss(item("zeros")).replace(b"Something", b"Some\0thing"), frozenset({"zeros"})),
        "surrogates": (rss(item("halves", text="&#xD800; and &#xDFFF;")), None),
        "wrong-charset": (rss(item("charset", text="Суд")).replace(b"utf-8", b"utf-16"), frozenset({"charset"})),
        "unknown-charset": (rss(item("odd", text="Суд")).replace(b"utf-8", b"x-none"), frozenset({"odd"})),
        "guid-of-a-megabyte": (rss(item("g" * 1_000_000)), None),
        "link-that-is-a-script": (rss(item("script", link="javascript:alert(1)")), frozenset({"script"})),
    }
    bodies |= _encodings() | _floods(percent) | _words()
    for name, (body, gives) in bodies.items():
        yield name, Behaviour(answer=Answer(body=body, headers=_XML), gives=gives)
    yield "all-new-at-every-fetch", Behaviour(answer=_Restless(), gives=None)
    yield "guids-that-change", Behaviour(answer=_Counting(), gives=None)
    yield (
        "wrong-content-type",
        Behaviour(
            answer=Answer(body=rss(item("typed")), headers={"Content-Type": "image/png; charset=nonsense"}),
            gives=frozenset({"typed"}),
        ),
    )


class _Restless:
    """Gives thirty entries of twenty kilobytes that nobody has seen, at every fetch."""

    def __init__(self) -> None:
        self._asked = 0

    def __call__(self, asked: Asked) -> Answer:
        self._asked += 1
        body = f"Number {self._asked} of a story without end goes on. " * 400
        return Answer(body=rss(*(item(f"{self._asked}-{n}", text=f"{n}: {body}") for n in range(30))), headers=_XML)


def _encodings() -> _Bodies:
    """Signs in other bytes than are said, or in bytes that hide what they say."""
    whole = rss(item("signs", text="Суд"))
    text = whole.decode()
    bare = text.partition("?>")[2]
    return {
        "utf-16-with-mark": (bare.encode("utf-16"), frozenset({"signs"})),
        "utf-16-without-mark": (bare.encode("utf-16-be"), frozenset({"signs"})),
        "utf-32-with-mark": (bare.encode("utf-32"), frozenset({"signs"})),
        "utf-32-without-mark": (bare.encode("utf-32-le"), frozenset({"signs"})),
        "utf-32-the-other-way": (bare.encode("utf-32-be"), frozenset({"signs"})),
        "utf-7": (b"+ADw-rss+AD4-+ADw-channel+AD4-", frozenset()),
        "ebcdic": (text.encode("cp500", "replace"), frozenset()),
        "a-zero-after-each-sign-twice": (b"\0\0".join(bytes([byte]) for byte in whole), None),
        "an-encoding-that-is-none": (whole.replace(b"utf-8", b"hex"), frozenset({"signs"})),
        "an-encoding-that-expands": (whole.replace(b"utf-8", b"bz2"), frozenset({"signs"})),
        "escapes-of-a-terminal": (rss(item("signs", text="\x1b]0;x\x07\x1b$B Sud")), frozenset({"signs"})),
    }


def _floods(of: int) -> _Bodies:
    """Few honest signs among many of one kind, millions of which make a hundred percent."""
    return {
        "only-opening-signs": (b"<rss><channel>" + b"<" * 30_000 * of, frozenset()),
        "opening-signs-and-blanks": (b"<rss><channel>" + b"< " * 30_000 * of, frozenset()),
        "comments-that-never-end": (b"<rss>" + b"<!--" * 3_000 * of, frozenset()),
        "sections-that-never-end": (b"<rss><channel><item><title>" + b"<![CDATA[" * 2_000 * of, None),
        "a-feed-in-a-comment": (b"<html><!-- " + rss(item("hidden")) + b" --><body>Hello</body></html>", frozenset()),
        "items-in-items": (b"<rss><channel>" + b"<item>" * 500 * of, None),
        "a-hundred-thousand-deep": (rss(item("deep", text="<b>" * 1_000 * of)), None),
        "a-million-entries": (rss(*[item("n", text="x")] * 600 * of), None),
        "attributes-of-60-kb": (rss(*(f'<item><guid a="{"x" * 60_000}">g{n}</guid></item>' for n in range(of))), None),
        "bases-on-bases": (b"<rss><channel>" + b'<item xml:base="aaaaaaaaaaaaaaaaaaaaaaaaaaaa/">' * 200 * of, None),
        "ampersands": (rss(item("amp", text="&" * 20_000 * of)), None),
        "categories": (
            rss(item("cat", date="x</pubDate>" + "<category>a</category>" * 2_000 * of + "<pubDate>")),
            None,
        ),
        "authors": (rss(item("aut", date="x</pubDate>" + "<author>a</author>" * 500 * of + "<pubDate>")), None),
        "line-ends": (rss(item("lines", text="\n" * 50_000 * of)), None),
        "long-texts": (rss(*(item(f"l{n}", text=f"{n} " + "sud i slidstvo " * 13 * of) for n in range(5 * of))), None),
        "json-of-entries": (
            b'{"version":"https://jsonfeed.org/version/1","items":[' + b'{"id":1,"title":"a"},' * 3_000 * of + b"{}]}",
            None,
        ),
    }


def _words() -> _Bodies:
    """Entries that say what no entry can."""
    dates = (
        "-0001-01-01",
        "9999-12-31T23:59:59-23:59",
        "1e400",
        "0001-01-01T00:00:00+14:00",
        "2026-02-30",
        "1" * 5_000,
    )
    links = (
        "javascript:x",
        "data:text/html,x",
        "http://[::1",
        "http://a b/",
        "//",
        "http://x.example/\r\nSet: 1",
        "#a",
    )
    items = rb'[{"id":"\ud800","title":"\udfff x"},{"id":NaN,"title":"y"}]'
    return {
        "dates-that-cannot-be": (
            rss(*(item(f"d{n}", date=date) for n, date in enumerate(dates))),
            frozenset(f"d{n}" for n in range(len(dates))),
        ),
        "links-that-lead-nowhere": (
            rss(*(item(f"l{n}", link=link) for n, link in enumerate(links))),
            frozenset(f"l{n}" for n in range(len(links))),
        ),
        "a-language-of-many-letters": (
            rss(item("spoken"), head=f"<language>{'klingon-' * 9}</language>"),
            frozenset({"spoken"}),
        ),
        "a-title-of-zeros": (rss(item("zeroed", title="a&#0;b\0c")), frozenset({"zeroed"})),
        "one-guid-two-texts": (rss(item("same", text="One."), item("same", text="Two.")), None),
        "halves-of-signs-in-json": (
            b'{"version":"https://jsonfeed.org/version/1","items":' + items + b"}",
            None,
        ),
        "signs-that-turn-the-line": (rss(item("turned", title="\u202eevil\u2066")), frozenset({"turned"})),
        "an-inclusion": (
            b'<rss xmlns:xi="http://www.w3.org/2001/XInclude"><channel><item><guid>i</guid><title>t</title><description>'
            b'<xi:include href="file:///etc/passwd" parse="text"/></description></item></channel></rss>',
            None,
        ),
    }
