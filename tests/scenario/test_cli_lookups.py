"""What is looked up on the screen: who, timeline, upcoming, search; nothing is changed by it."""

import json

import pytest

from tests.shell import Shell, assert_one_line, files_under


def test_who_finds_a_name_in_another_script_with_its_sentence_and_the_reason(read_shell: Shell) -> None:
    said = read_shell("who", "Эмиль Курбединов")

    assert said.status == 0
    assert said.out.startswith("Emil Kurbedinov · 1 article\n")
    assert "“Security officials handed a caution to the lawyer Emil Kurbedinov on 6 November.”" in said.out
    assert "Found as “Emil Kurbedinov”" in said.out


def test_who_says_that_no_article_names_somebody(read_shell: Shell) -> None:
    assert read_shell("who", "Nobody Ofthisname").out == "No stored article names Nobody Ofthisname.\n"


def test_timeline_shows_the_days_that_articles_say_beside_a_name(read_shell: Shell) -> None:
    days = [row["day"] for row in json.loads(read_shell("timeline", "Эмиль Курбединов", "--json").out)]
    assert [day[5:] for day in days] == ["11-06"]
    assert "Emil Kurbedinov · 1 article" in read_shell("timeline", "Эмиль Курбединов").out
    assert read_shell("timeline", "Nobody Ofthisname").out == "No stored article names Nobody Ofthisname.\n"


def test_upcoming_says_when_nothing_is_announced(read_shell: Shell) -> None:
    said = read_shell("upcoming", "Nobody Ofthisname").out
    assert said == "No stored article announces anything of Nobody Ofthisname.\n"


def test_who_as_json_holds_what_programs_need(read_shell: Shell) -> None:
    (one,) = json.loads(read_shell("who", "Refat Chubarov", "--json").out)

    assert one["text"] == "На своїй сторінці про це написав Рефат Чубаров."
    assert one["url"].startswith("file:")
    assert one["band"] == "sure"
    assert one.keys() >= {"text", "outlet", "url", "published_at", "band", "reason"}
    assert one["reason"]["key"]


def test_search_finds_words_by_their_beginnings(read_shell: Shell) -> None:
    assert "сторінці" in read_shell("search", "допис сторін").out
    assert read_shell("search", "volcano").out == "No stored article holds all these words.\n"
    (one,) = json.loads(read_shell("search", "weather", "--json").out)
    assert one["text"] == "The weather stays mild."


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("names", "list"), "Refat Chubarov", id="the book"),
        pytest.param(("names", "export"), "Refat Chubarov\n", id="the book, one a line"),
        pytest.param(("names", "list", "--chat", "console:digest"), "Refat Chubarov", id="the names of a chat"),
        pytest.param(("feeds", "list"), "good", id="sources with their health"),
        pytest.param(("chats",), "console:digest", id="chats"),
        pytest.param(("deliveries",), "digest", id="the ledger"),
        pytest.param(("deliveries", "--parked"), "Nothing is parked.", id="nothing parked"),
        pytest.param(("preview", "console:digest"), "Nothing new on your", id="a digest with nothing new"),
        pytest.param(("db", "check"), "The SQLite database is whole", id="a whole database"),
        pytest.param(("db", "upgrade"), "The SQLite database is whole", id="a database of this step"),
        pytest.param(("doctor",), "database: sqlite, whole", id="all is well"),
        pytest.param(("doctor", "--mend"), "0 stuck articles", id="nothing to mend"),
    ],
)
def test_looking_works_and_changes_nothing(words: tuple[str, ...], says: str, read_shell: Shell) -> None:
    said = read_shell(*words)

    assert said.status == 0, said
    assert says in said.out
    assert said.err == ""


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("who", "Emil Kurbedinov"), id="who"),
        pytest.param(("search", "weather"), id="search"),
        pytest.param(("chats",), id="chats"),
        pytest.param(("deliveries",), id="deliveries"),
        pytest.param(("feeds", "list"), id="feeds list"),
        pytest.param(("preview", "telegram:1"), id="preview"),
        pytest.param(("db", "check"), id="db check"),
        pytest.param(("db", "backup", "copy.db"), id="db backup"),
    ],
)
def test_looking_where_nothing_was_read_yet_says_so_and_makes_nothing(words: tuple[str, ...], shell: Shell) -> None:
    assert_one_line(shell(*words), "there is no database")
    assert files_under(shell.folder) == set()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("preview", "telegram:404"), "telegram:404: this chat was never opened", id="preview"),
        pytest.param(("names", "list", "--chat", "telegram:404"), "never opened", id="names of no chat"),
        pytest.param(("names", "add", "Ann Example", "--chat", "telegram:404"), "never opened", id="add for no chat"),
        pytest.param(("deliveries", "retry", "f00"), "no parked delivery has this id", id="no such delivery"),
        pytest.param(("feeds", "remove", "https://x.example/"), "no such feed", id="no such feed"),
        pytest.param(("db", "restore", "var/secret.key"), "no backup of ours", id="no backup"),
    ],
)
def test_what_is_not_there_is_named_in_one_line(words: tuple[str, ...], says: str, read_shell: Shell) -> None:
    assert_one_line(read_shell(*words), says)
