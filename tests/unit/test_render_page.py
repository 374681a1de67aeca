"""Pages: what stands where, what leads where, and what is left out. Whole messages stand in tests/golden."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.envelope import Envelope
from bot.render.page import PRESS_BYTES, Block, Page, Run, file_name, link, plain_page, plain_text
from bot.render.quote import about, outlet, quotation, to_the_sentence
from bot.render.render import make_page
from bot.request import Button, Line, Reply
from bot.words import words
from digests.model import (
    Amendment,
    ArticleId,
    Coverage,
    DeliveryId,
    Digest,
    OutletLink,
    Reason,
    Silent,
    Stance,
    Status,
    StatusWord,
    Unread,
)
from tests.builders import NOW, alert, chat, digest, item, named, sentence

HERE = Envelope(chat=chat(), now=NOW)
EN = words("en")


def quote_of(text: str, *forms: str) -> list[tuple[str, str]]:
    return [(run.text, run.style) for run in quotation(EN, sentence(text), forms).runs]


def kinds(page: Page) -> list[str]:
    return [block.kind for block in page.blocks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("He was moved.", "“He was moved.”", id="ours"),
        pytest.param("“He was moved,” she said.", "“He was moved,” she said.", id="its-own"),
        pytest.param("«Его перевели», — сказала она.", "«Его перевели», — сказала она.", id="its-own-guillemets"),
        pytest.param("He was\nmoved.", "“He was moved.”", id="line-break"),
        pytest.param("We know it,” she said.", "“We know it,” she said.", id="ends-a-speech"),
        pytest.param("She read “Liman”.", "“She read “Liman”.”", id="names-a-title"),
    ],
)
def test_a_quotation_has_one_pair_of_marks(text: str, expected: str) -> None:
    assert plain_text(quotation(EN, sentence(text), ())) == expected


@pytest.mark.parametrize(
    ("text", "forms", "bold"),
    [
        pytest.param("Alime met Ali.", ["Ali"], ["Ali"], id="whole-words"),
        pytest.param("Ali Umer and Ali.", ["Ali", "Ali Umer"], ["Ali Umer", "Ali"], id="longest-first"),
        pytest.param("Nobody is named.", ["Ali"], [], id="not-there"),
        pytest.param("A.B. (Ltd) rose.", ["A.B. (Ltd)"], ["A.B. (Ltd)"], id="signs-of-patterns"),
    ],
)
def test_the_watched_names_are_bold_where_they_are_printed(text: str, forms: list[str], bold: list[str]) -> None:
    assert [shown for shown, style in quote_of(text, *forms) if style == "bold"] == bold


@given(st.text().map(lambda text: text.replace("\n", " ")), st.lists(st.text(max_size=5)))
def test_marking_names_changes_no_character_of_a_sentence(text: str, forms: list[str]) -> None:
    shown = "".join(run for run, _ in quote_of(text, *forms))
    assert shown in (text, f"“{text}”", f"“{text}")


def test_sentences_of_one_article_share_the_line_of_their_source() -> None:
    other = replace(sentence("She waited."), article=ArticleId("other"), outlet="Liman")
    page = make_page(alert(item=item(sentences=(sentence("He sat."), sentence("He rose."), other))), HERE)
    assert kinds(page)[:6] == ["head", "quote", "quote", "meta", "quote", "meta"]


def test_an_alert_of_many_names_says_each_reason_once() -> None:
    people = (named("Arslan"), named("Halyna"), named("Yunus", reason=Reason(key="alias")))
    page = make_page(alert(item=item(names=people)), HERE)
    assert "Found as “Arslan”, “Halyna”: similar spelling. Found as “Yunus”: another name" in plain_page(page)


def test_a_correction_in_neutral_mode_names_nobody() -> None:
    amendment = Amendment(of=DeliveryId("1"), at=NOW, old=item(), new=None)
    page = make_page(amendment, Envelope(chat=chat(neutral=True), now=NOW))
    assert plain_page(page) == "1 correction · 14:32"


def test_a_cut_sentence_ends_in_a_sign_that_leads_to_the_rest() -> None:
    cut = replace(sentence("He was moved"), cut=True)
    assert quotation(EN, cut, ()).runs[-2:] == (Run("…", url=cut.url), Run("”"))


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        pytest.param("Steppe Post", "https://s.example/1", "Steppe Post ↗", id="web"),
        pytest.param("", "https://s.example/1", "s.example ↗", id="no-name"),
        pytest.param("Steppe Post", "file:///drop/a%20b.txt", "Steppe Post (a b.txt)", id="file"),
        pytest.param("", "file:///drop/a.txt", "a.txt", id="file-without-outlet"),
        pytest.param("Steppe Post", "ftp://s.example/1", "Steppe Post", id="no-web"),
        pytest.param("", "nonsense", "nonsense", id="no-address"),
    ],
)
def test_an_outlet_is_named_and_leads_to_its_article(name: str, url: str, expected: str) -> None:
    runs = outlet(name, url)
    assert "".join(run.text for run in runs) == expected
    assert runs[0].url == url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://s.example/1?a=b#c", "https://s.example/1?a=b#c"),
        ("file:///drop/1.txt", None),
        ("javascript:alert(1)", None),
        ("https://s.example/a b", None),
        ('https://s.example/"onclick', None),
        (None, None),
    ],
)
def test_only_web_addresses_can_be_followed(url: str | None, expected: str | None) -> None:
    assert link(Run("x", url=url)) == expected


def test_a_file_is_called_by_its_name_alone() -> None:
    assert file_name("file:///srv/secret/drop/7.txt") == "7.txt"
    assert file_name("https://s.example/7.txt") is None


@pytest.mark.parametrize(
    ("text", "url", "expected"),
    [
        pytest.param("Он сел.", "https://s.example/1", "#:~:text=%D0%9E%D0%BD%20%D1%81%D0%B5%D0%BB.", id="short"),
        pytest.param(
            "a-b c, d e f g h i j", "https://s.example/1", "#:~:text=a%2Db%20c%2C%20d%20e,g%20h%20i%20j", id="long"
        ),
        pytest.param("He sat.", "https://s.example/1#top", "", id="has-a-fragment"),
        pytest.param("He sat.", "file:///drop/1.txt", "", id="file"),
    ],
)
def test_an_alert_leads_to_the_quoted_sentence(text: str, url: str, expected: str) -> None:
    assert to_the_sentence(replace(sentence(text), url=url)) == url + expected


def test_what_stands_behind_an_outlet_names_the_language_only_if_it_is_not_the_chat_s() -> None:
    ours = about(EN, sentence(), "Europe/Kyiv", NOW, in_full=True)
    assert ours == ["independent", "Mon 23 Nov, 14:22"]
    assert about(words("tr"), sentence(), "Europe/Kyiv", NOW, in_full=False) == ["bağımsız", "İngilizce", "Pzt 14:22"]


def test_an_outlet_of_unknown_kind_is_not_called_anything() -> None:
    unknown = replace(sentence(), stance=Stance.UNKNOWN)
    assert about(EN, unknown, "Europe/Kyiv", NOW, in_full=True) == ["Mon 23 Nov, 14:22"]


def test_machine_wording_says_so_before_its_source() -> None:
    machine = item(sentences=(replace(sentence(), verbatim=False),))
    page = make_page(alert(item=machine), HERE)
    assert "worded by a machine from:" in plain_page(page)


def test_a_late_message_says_since_when_and_a_prompt_one_does_not() -> None:
    late = replace(HERE, held_since=NOW - timedelta(hours=3), held_why="service")
    assert plain_page(make_page(alert(), late)).endswith("Held since 11:32 (the chat service took nothing)")
    assert "Held" not in plain_page(make_page(alert(), HERE))


def test_a_held_digest_says_so_once() -> None:
    late = replace(HERE, held_since=NOW - timedelta(hours=3), held_why="wait")
    page = make_page(digest(held_from=NOW - timedelta(hours=9)), late)
    assert plain_page(page).count("Held since") == 1


def test_a_possible_repeat_stands_first() -> None:
    page = make_page(alert(), replace(HERE, possible_repeat=True))
    assert plain_page(page).startswith("Possible repeat\n")


@pytest.mark.parametrize("message", [alert(), digest()], ids=["alert", "digest"])
def test_neutral_mode_shows_no_name_and_no_outlet(message: Digest) -> None:
    page = make_page(message, Envelope(chat=chat(neutral=True), now=NOW))
    shown = plain_page(page) + page.glance + "".join(press.words for row in page.buttons for press in row)
    assert "Bozdaliev" not in shown
    assert "Steppe" not in shown
    assert page.buttons[0][0].data == "who Arslan Bozdaliev"


def test_a_digest_someone_typed_for_is_shown_also_where_messages_are_neutral() -> None:
    page = make_page(digest(slot="now-2026-11-23T12:32:00Z"), Envelope(chat=chat(neutral=True), now=NOW))
    assert "Bozdaliev" in plain_page(page)


def test_a_name_of_two_stories_is_numbered_once_and_headed_once() -> None:
    again = item(sentences=(sentence("Arslan Bozdaliev wrote a letter."),), status=())
    page = make_page(digest(item(), again), HERE)
    assert kinds(page).count("name") == 1
    assert "\n1 Arslan Bozdaliev · transfer · 1 outlet" in plain_page(page)
    assert "2 Arslan" not in plain_page(page)


def test_a_long_list_of_names_is_not_in_bold() -> None:
    many = digest(*(item(names=(named(f"Arslan {n}"),)) for n in range(31)), watched=40)
    names = next(block for block in make_page(many, HERE).blocks if block.kind == "names")
    assert {run.style for run in names.runs} == {"plain"}


def test_names_that_share_a_story_share_its_heading_and_keep_their_numbers() -> None:
    both = item(names=(named(), named("Halyna Vitrolom")))
    alone = item(names=(named("Halyna Vitrolom"),))
    page = make_page(digest(both, alone), HERE)
    headings = [plain_text(block) for block in page.blocks if block.kind == "name"]
    assert headings == ["1 Arslan Bozdaliev · 2 Halyna Vitrolom", "2 Halyna Vitrolom"]


def test_what_was_alerted_alone_is_not_quoted_again() -> None:
    page = make_page(digest(item(only_recalled=True)), HERE)
    assert "quote" not in kinds(page)


def test_an_outlet_that_tells_a_story_twice_is_linked_once() -> None:
    links = tuple(
        OutletLink(outlet=name, url=f"https://{at}.example", stance=Stance.STATE, at=NOW, reprint=name == "Copy")
        for at, name in enumerate(["Steppe Post", "Liman", "Liman", "Copy"])
    )
    page = make_page(digest(item(outlets=links, reprints=1)), HERE)
    assert "Also Liman ↗. 1 reprint." in plain_page(page)


def test_at_most_five_ill_sources_are_named_the_others_counted() -> None:
    ill = tuple(Unread(title=f"Source {n}", since=None, why="gone") for n in range(8))
    page = make_page(digest(items=(), coverage=Coverage(articles=1, sources_read=1, sources=9, unread=ill)), HERE)
    assert "Source 4" in plain_page(page)
    assert "Source 5" not in plain_page(page)
    assert "And 3 more sources." in plain_page(page)


def test_a_source_that_fell_silent_is_named_after_those_that_were_not_read() -> None:
    coverage = Coverage(
        articles=1,
        sources_read=1,
        sources=2,
        unread=(Unread(title="Liman", since=None, why="gone"),),
        silent=(Silent(title="Steppe Radio", since=NOW),),
    )
    said = plain_page(make_page(digest(items=(), coverage=coverage), HERE))
    assert said.index("Not read yet: Liman (gone).") < said.index("far longer than its habit: Steppe Radio.")


def test_a_chat_that_muted_what_was_new_is_not_told_that_nothing_is_new() -> None:
    page = make_page(digest(items=(), watched=3, only_muted=True), HERE)
    assert page.glance.startswith("On your 3 names only what you muted is new since ")


def test_a_chat_that_watches_nobody_is_not_told_that_nothing_is_new() -> None:
    page = make_page(digest(items=(), watched=0), HERE)
    assert page.glance == "This chat watches no names yet."
    assert [press.data for row in page.buttons for press in row] == ["when"]


def test_a_denied_status_is_never_shown_as_a_claim() -> None:
    denied = item(status=(StatusWord(status=Status.DETENTION, denied=True),))
    for message in (alert(item=denied), digest(denied)):
        page = make_page(message, HERE)
        shown = plain_page(page) + page.glance
        assert "in the text: detention" not in shown
        assert shown.count("detention") == shown.count("denied: detention")


def test_a_button_too_long_for_a_service_is_left_out() -> None:
    long = "Ж" * (PRESS_BYTES // 2)
    page = make_page(alert(item=item(names=(named(long),))), HERE)
    assert [press.words for row in page.buttons for press in row] == ["Mute this story", "Not this person"]
    reply = Reply.words("text", Button(words="button.watch", command="watch", rest=long), text="x")
    assert make_page(reply, HERE).buttons == ()


def test_an_answer_shows_its_fields_as_they_are_with_names_in_bold() -> None:
    page = make_page(Reply.words("watch.added", name="<b>*A* {name}"), HERE)
    assert page.blocks == (Block("line", (Run("Watching "), Run("<b>*A* {name}", "bold"), Run("."))),)


def test_an_answer_may_link_an_outlet_and_lead_elsewhere() -> None:
    quoted = Line(
        key="quote",
        fields=(("text", "He sat."), ("form", ""), ("outlet", "Liman"), ("about", "state")),
        quote=True,
        url="https://l.example/1",
    )
    button = Button(words="Site", is_text=True, url="https://l.example")
    page = make_page(Reply(lines=(quoted,), buttons=((button,),)), HERE)
    assert plain_page(page) == "“He sat.”\nLiman ↗ · state"
    assert page.buttons[0][0].url == "https://l.example"


def test_an_empty_answer_has_an_empty_glance() -> None:
    assert make_page(Reply(lines=()), HERE).glance == ""
