"""Sources on the command line: added, removed, imported, exported."""

import asyncio
from datetime import timedelta

from tests.fakes.feeds import Answer, feed_server, item, rss
from tests.shell import CHECKOUT, Said, Shell, assert_one_line


async def test_a_feed_is_added_with_what_it_holds_and_removed(read_shell: Shell) -> None:
    async with feed_server() as feeds:
        entries = [item(str(n), title=f"Text number {n}") for n in range(5, 0, -1)]
        feeds.answers(Answer(body=rss(*entries)))
        read_shell.variables["HABERDAR_ALLOW_NETWORKS"] = feeds.networks

        async def does(*words: str) -> Said:
            return await asyncio.to_thread(read_shell, *words)

        rehearsed = await does("feeds", "add", feeds.url(), "--dry-run")
        assert "It holds 5 articles:" in rehearsed.out
        assert rehearsed.out.endswith("Nothing was added.\n")
        asked = len(feeds.asked)
        await does("feeds", "add", feeds.url(), "--dry-run")
        assert feeds.asked[asked].at - feeds.asked[asked - 1].at >= timedelta(seconds=1)
        assert feeds.url() not in (await does("feeds", "list")).out

        added = await does("feeds", "add", feeds.url(), "--title", "Steppe Radio")

        assert added.out.startswith(f"Added: Steppe Radio\n  {feeds.url()}, language en\nIt holds 5 articles:")
        assert "Text number 5" in added.out
        assert "and 2 older" in added.out
        assert (await does("feeds", "add", feeds.url())).out.startswith("Read already: ")
        assert "not read yet" in (await does("feeds", "list")).out
        chosen = await does("feeds", "set", "Steppe Radio", "--no-pages", "--user-agent", "Reader of Liman")
        assert chosen.out.splitlines()[1:] == ["  pages of teasers: not read", "  user agent: Reader of Liman"]
        refused = await does("feeds", "set", "Steppe Radio", "--user-agent", "a\nb")
        assert "one line" in refused.err
        assert (await does("feeds", "remove", "steppe RADIO")).out.startswith("It is read no more.")
        feeds.answers(Answer(body=b"<html>no feed</html>"), "/broken")
        assert_one_line(await does("feeds", "add", feeds.url("/broken")), feeds.url("/broken"))


async def test_who_of_the_book_is_in_an_added_feed_is_said(read_shell: Shell) -> None:
    async with feed_server() as feeds:
        feeds.answers(Answer(body=rss(item("1", title="Emil Kurbedinov spoke"), item("2", title="Weather"))))
        read_shell.variables["HABERDAR_ALLOW_NETWORKS"] = feeds.networks
        added = await asyncio.to_thread(read_shell, "feeds", "add", feeds.url())
        assert "Of the book in it: Emil Kurbedinov (1)" in added.out


def test_a_list_of_feeds_goes_in_and_out(read_shell: Shell) -> None:
    (read_shell.folder / "list.opml").write_text(
        '<opml><body><outline text="Steppe" xmlUrl="https://s.example/rss"/><outline text="Again" xmlUrl='
        '"https://s.example/rss"/><outline text="Liman" language="uk" xmlUrl="https://l.example/rss"/>'
        '<outline text="Mine" xmlUrl="file:///etc/passwd"/></body></opml>',
        encoding="utf-8",
    )
    first = read_shell("feeds", "import", "list.opml")
    assert first.out == "2 new, 0 known, 1 refused\n  Mine: its address is no http or https address\n"
    assert read_shell("feeds", "import", "list.opml").out.startswith("0 new, 2 known, 1 refused")
    exported = read_shell("feeds", "export").out
    assert 'text="Liman" title="Liman" xmlUrl="https://l.example/rss" language="uk"' in exported
    assert "seeds" not in exported
    (read_shell.folder / "no.opml").write_text("<rss/>")
    assert_one_line(read_shell("feeds", "import", "no.opml"), "not OPML")


def test_the_catalogue_of_outlets_is_shown(read_shell: Shell) -> None:
    shown = read_shell("feeds", "list", "--catalogue", feeds_file=str(CHECKOUT / "config/feeds.opml")).out
    assert "Ukrainska Pravda" in shown
    assert "occupation" in shown
    assert "feeds add" in shown
