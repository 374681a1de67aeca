"""Text in one form, taken out of HTML, parted into sentences, its language guessed."""

import lzma
import os
import string
import tempfile
import time
import unicodedata
from itertools import pairwise
from pathlib import Path

import py3langid
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.tables import load_rows
from digests.text import guess_language, one_line, sentences, tidy_text, to_text, without_boilerplate
from digests.text.langid import rank, unpacked


def _parts(text: str, language: str | None = None) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text, language)]


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        pytest.param("one\r\ntwo\r\n\r\nthree", "one two\n\nthree", id="line ends of other systems"),
        pytest.param("a\u00a0b\u2009c\td", "a b c d", id="all spaces are one"),
        pytest.param("Бозда\u00adлі\u200bєв", "Боздалієв", id="hidden signs inside a name"),
        pytest.param("\u202eabc\u202c \u2066d\u2069", "abc d", id="bidi marks"),
        pytest.param("и\u0306од", "йод", id="composed"),
        pytest.param("a\x00b\x07c\x1bd", "abcd", id="controls"),
        pytest.param("It ended.\nThen more", "It ended.\n\nThen more", id="a sentence ends with its line"),
        pytest.param("  \n \n\n x \n\n\n", "x", id="nothing around"),
        pytest.param("half \ud83d pair", "half pair", id="half a surrogate pair"),
    ],
)
def test_plain_text_comes_out_in_one_form(text: str, tidy: str) -> None:
    assert tidy_text(text) == tidy


@given(st.text())
def test_tidying_twice_changes_nothing(text: str) -> None:
    once = tidy_text(text)
    assert tidy_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert one_line(one_line(text)) == one_line(text)


def test_a_title_is_one_line() -> None:
    assert one_line(" A\n\n title\u2028 of\u200b three ") == "A title of three"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>One</p><p>Two</p>", "One\n\nTwo", id="paragraphs"),
        pytest.param("a<br>b<br/><br />c", "a b\n\nc", id="line breaks"),
        pytest.param("Boz<b>da</b>liev", "Bozdaliev", id="a name with mark-up inside"),
        pytest.param("a &amp; b &#1040; &nbsp;c &laquo;d&raquo;", "a & b А c «d»", id="entities"),
        pytest.param("x<script>alert('<p>no</p>')</script>y<style>p{}</style>z", "xyz", id="scripts and styles"),
        pytest.param("a<!-- <p>hidden</p> -->b", "ab", id="comments"),
        pytest.param('<img alt="a > b">c', "c", id="a bracket inside an attribute"),
        pytest.param("<![CDATA[kept]]>", "kept", id="character data"),
        pytest.param("5 < 6 and 7 > 3", "5 < 6 and 7 > 3", id="brackets that are no tag"),
        pytest.param("<P>A</P>\n<DIV>B", "A\n\nB", id="capitals and tags that are never closed"),
        pytest.param("one\ntwo", "one two", id="a line end of the source is a space"),
        pytest.param("<ul><li>one<li>two</ul>three", "one\n\ntwo\n\nthree", id="lists"),
        pytest.param("plain", "plain", id="no mark-up"),
        pytest.param("<a href='x\"y'>link</a>", "link", id="quotes inside quotes"),
        pytest.param("<a title='it's'>link</a>", "link", id="a quote too many"),
        pytest.param("&#" + "9" * 6000 + ";x", "x", id="an absurd entity"),
        pytest.param("before<script>never closed", "before", id="a script that is never closed"),
    ],
)
def test_html_becomes_plain_paragraphs(html: str, text: str) -> None:
    assert to_text(html) == text


@given(st.text(alphabet=string.ascii_letters + " .\n", max_size=200))
def test_text_without_mark_up_loses_no_letter_in_html(text: str) -> None:
    assert to_text(f"<p>{text}</p>").split() == text.split()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        pytest.param("en", ["It began with Orlan.", "It can be seen."], id="a forgotten space after a full stop"),
        pytest.param("en", ["Mr. Orlan met Dr. Vale.", "They spoke."], id="English titles"),
        pytest.param("en", ["J. K. Orlan came.", "She left."], id="English initials"),
        pytest.param("en", ["“It is so. We go,” he said.", "Then he left."], id="English quotation"),
        pytest.param("en", ["“They suffer for it.” Orlan said.", "He left."], id="a speaker after a full stop"),
        pytest.param("en", ["He called it “a crime.”", "Orlan said that courts sat."], id="a speaker of more"),
        pytest.param("en", ["“No!” she said.", "He left."], id="an exclamation inside a quotation"),
        pytest.param("en", ["Krym.Realii reported it.", "See Lenta.Ru for more."], id="outlets with a dot"),
        pytest.param("en", ["He spoke to i.e. nobody.", "Then it ended."], id="a lower-case next word"),
        pytest.param("uk", ["Прийшов І. Кравченко.", "Він пішов."], id="Ukrainian initial"),
        pytest.param("uk", ["Йому дали 12 р. колонії.", "Він мовчав."], id="Ukrainian years"),
        pytest.param("uk", ["Справа за ст. 205 КК.", "Далі суд."], id="Ukrainian article of law"),
        pytest.param("uk", ["Це т. зв. суд.", "Він у м. Ялта."], id="Ukrainian so-called, and a town"),
        pytest.param("uk", ["“Його етапували. Він там”, — повідомила Г. Вітролом.", "Далі."], id="Ukrainian quotation"),
        pytest.param("ru", ["«Он там! — сказал он. — Я видел».", "Он ушёл."], id="Russian quotation"),
        pytest.param("ru", ["Житель г. Ялта А.С. Орлан задержан.", "Суд идёт."], id="Russian town and initials"),
        pytest.param("ru", ["Он жил на ул. Садовой, д. 5.", "Потом уехал."], id="Russian street"),
        pytest.param("tr", ["12. Ağır Ceza Mahkemesi karar verdi.", "Dava bitti."], id="Turkish ordinal"),
        pytest.param("tr", ["Av. Mehmet Orlan konuştu.", "Dava bitti."], id="Turkish lawyer"),
        pytest.param("tr", ["“Gitti.” dedi.", "Sonra sustu."], id="Turkish quotation"),
        pytest.param("crh", ["О, Ялтада яшай.", "Меджлис топланды."], id="Crimean Tatar in Cyrillic"),
        pytest.param("crh", ["2. sud toplandı.", "Advokat keldi."], id="Crimean Tatar in Latin"),
        pytest.param("pl", ["Zatrzymano m.in. dr. Orlana.", "Koniec."], id="Polish abbreviations"),
        pytest.param(None, ["One is here.", "Two is there!", "Is three?", "Four…"], id="no language known"),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str | None, expected: list[str]) -> None:
    assert _parts(" ".join(expected), language) == expected


def test_a_full_stop_without_a_space_ends_a_sentence() -> None:
    assert _parts("ex-President Mintimer Shaimiyev.It can be concluded", "en") == [
        "ex-President Mintimer Shaimiyev.",
        "It can be concluded",
    ]
    assert _parts("He left!Then it ended", "en") == ["He left!", "Then it ended"]


@pytest.mark.parametrize(
    "text",
    ["Write to a@b.Com now", "at www.example.Net today", "ул.Ленина была пуста", "А.Б.Орлан пришёл", "the U.S. side"],
)
def test_a_dot_inside_a_name_or_an_address_ends_nothing(text: str) -> None:
    assert _parts(text, "ru" if "Л" in text or "Б" in text else "en") == [text]


@given(
    st.text(alphabet="abВГ .!?…«»“”\"'\n—12", max_size=300),
    st.sampled_from(["en", "uk", "ru", "tr", "crh", "pl", None]),
)
def test_sentences_are_sorted_trimmed_and_lose_no_character(text: str, language: str | None) -> None:
    spans = sentences(text, language)
    assert "".join("".join(text[s.start : s.end].split()) for s in spans) == "".join(text.split())
    assert all(one.end <= two.start for one, two in pairwise(spans))
    for span in spans:
        assert text[span.start : span.end] == text[span.start : span.end].strip() != ""
        assert "\n\n" not in text[span.start : span.end]


@pytest.mark.parametrize("size", [150_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "unit", ["a", "word ", "“", "“a. ", "a.B", "12. ", ". ", "<a '", "<!--", "<script", "\u0315\u0300"]
)
def test_much_of_anything_takes_no_more_than_its_length_asks(unit: str, size: int) -> None:
    text = unit * (size // len(unit))
    started = time.process_time()
    sentences(text)
    to_text(text)
    tidy_text(text)
    guess_language(text)
    assert time.process_time() - started < 20  # what is quadratic takes minutes


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("Суд у Сімферополі заарештував адвоката на два місяці.", "uk", id="Ukrainian"),
        pytest.param("Суд в Симферополе арестовал адвоката на два месяца.", "ru", id="Russian"),
        pytest.param("The court in the city arrested the lawyer for two months.", "en", id="English"),
        pytest.param("Mahkeme, avukatın iki ay tutuklu kalmasına karar verdi.", "tr", id="Turkish"),
        pytest.param("Sąd w mieście aresztował adwokata na dwa miesiące.", "pl", id="Polish"),
        pytest.param("Къырымда мектепнинъ оджасы къайтты, халкъ къуванды.", "crh", id="Crimean Tatar in Cyrillic"),
        pytest.param(
            "Озенде оджа Селим Бекировның эвинде тинтюв кечирильди, деди аилеси. Китапларны алып кеттилер, "
            "телефонларны да бермедилер. Оджа беш йылдан берли мектепте чалыша, талебелери оны севелер ве беклейлер.",
            "crh",
            id="Crimean Tatar without its digraphs",
        ),
        pytest.param("Бүгүн мугалимдин үйүндө тинтүү жүргүзүлдү, деди анын үй-бүлөсү.", "ky", id="Kyrgyz stays"),
        pytest.param("Бүген укытучының өендә тентү үткәрелде, диде аның гаиләсе.", "tt", id="Tatar stays"),
        pytest.param("Bugün Aqmescitte advokatnıñ evinde tintüv keçirildi, dedi qomşuları.", "crh", id="in Latin"),
        pytest.param(
            "Ankara'da yaşayan Qırımlı yazar Orlan yeni kitabını dün akşam okurlarına tanıttı.", "tr", id="one q"
        ),
        pytest.param("Refat Orlan dün basın açıklaması yaptı ve soruları yanıtladı.", "tr", id="no letter of its own"),
        pytest.param("QHA muhabirinin haberine göre toplantı QHA binasında yapıldı.", "tr", id="an acronym with q"),
        pytest.param("Arslan", None, id="a name alone"),
        pytest.param("12.03.2014, 15:00", None, id="numbers"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_language_is_guessed_from_enough_text(text: str, language: str | None) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("He was freed.\n\nThe post Freed appeared first on Steppe Post.", "He was freed.", id="signature"),
        pytest.param("Його звільнили.\n\nЧитати далі →", "Його звільнили.", id="an arrow behind"),
        pytest.param("Його звільнили.\n\n[Детальніше...]", "Його звільнили.", id="in brackets"),
        pytest.param("Он свободен.\n\nПодробнее\n\nПоделиться", "Он свободен.", id="two at the end"),
        pytest.param("Serbest kaldı.\n\nDevamını oku »", "Serbest kaldı.", id="Turkish"),
        pytest.param("Wolny.\n\nArtykuł Wolny pochodzi z serwisu Kurier.", "Wolny.", id="Polish"),
        pytest.param("Один.\n\nЗапис Один спершу з’явився на Лиман.", "Один.", id="another apostrophe"),
        pytest.param("One.\n\nRead also: Orlan Teren arrested\n\nTwo.", "One.\n\nTwo.", id="a pointer amid the text"),
        pytest.param("Один.\n\nЧитайте також: Суд над Тереном", "Один.", id="a pointer to another person"),
        pytest.param("He took two steps... [read more]", "He took two steps...", id="behind the last word"),
        pytest.param("He was born in […]", "He was born in …", id="cut"),
        pytest.param("Ціна зросла на [...]", "Ціна зросла на …", id="cut with dots"),
        pytest.param("Read more", "", id="nothing else"),
        pytest.param("Read more books, the teacher said.", "Read more books, the teacher said.", id="a sentence"),
        pytest.param("Подробнее он расскажет завтра.", "Подробнее он расскажет завтра.", id="a sentence again"),
        pytest.param("Share\n\nHe was freed.", "Share\n\nHe was freed.", id="not at the end"),
        pytest.param("Він сказав: […] і пішов.", "Він сказав: […] і пішов.", id="a quotation's own mark"),
        pytest.param("Devamı gelecek, dedi.", "Devamı gelecek, dedi.", id="a sentence in Turkish"),
    ],
)
def test_lines_that_machines_hang_on_a_text_are_no_part_of_it(text: str, left: str) -> None:
    assert without_boilerplate(text) == left


@given(st.text(alphabet="ab .[]…\n»RreadmoShhiCct*:()"))
def test_taking_such_lines_off_invents_nothing(text: str) -> None:
    tidy = tidy_text(text)
    left = without_boilerplate(tidy)
    assert len(left) <= len(tidy) + 1
    assert set(left) <= set(tidy) | {"…", " "}


def test_the_table_of_such_lines_keeps_what_the_search_relies_on() -> None:
    rows = load_rows("text/data/boilerplate.tsv")
    assert {where for where, _ in rows} == {"line", "end", "tail"}
    assert all(":" in words for where, words in rows if where == "line")
    assert all(words[-1] in "])»→›" for where, words in rows if where == "tail")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Avukat, dosyanın mahkemeye gönderildiğini söyledi.", id="Turkish"),
        pytest.param("Адвокат заявив, що справу передали до суду.", id="Ukrainian"),
        pytest.param("Adwokat powiedział, że sprawa trafiła do sądu.", id="Polish"),
        pytest.param("1234567890 !!! 🙂", id="no words"),
        pytest.param("", id="nothing"),
    ],
)
def test_the_model_in_a_file_says_what_it_says_in_memory(text: str) -> None:
    assert rank(text) == py3langid.rank(text)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files in which the model, a very small one, was never unpacked."""
    packed = tmp_path / "model.npz.xz"
    packed.write_bytes(lzma.compress(b"model"))
    monkeypatch.setattr("digests.text.langid._packed", lambda: packed)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def _unpacked() -> bytes:
    """What a process that begins now reads as the model."""
    file = unpacked.__wrapped__()
    try:
        return os.pread(file, 100, 0)
    finally:
        os.close(file)


def test_the_model_is_unpacked_once_for_all_processes(scratch: Path) -> None:
    first = _unpacked()
    packed = scratch / "model.npz.xz"
    packed.write_bytes(bytes(packed.stat().st_size))

    assert (first, _unpacked()) == (b"model", b"model")
    (folder,) = scratch.glob("haberdar-*")
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o701])
def test_a_model_that_another_may_have_written_is_not_read(scratch: Path, mode: int) -> None:
    _unpacked()
    (folder,) = scratch.glob("haberdar-*")
    (shared,) = folder.iterdir()
    shared.write_bytes(b"planted")
    folder.chmod(mode)

    assert _unpacked() == b"model"


def test_a_link_in_place_of_the_folder_is_not_followed(scratch: Path) -> None:
    _unpacked()
    (folder,) = scratch.glob("haberdar-*")
    (shared,) = folder.rename(scratch / "elsewhere").iterdir()
    shared.write_bytes(b"planted")
    folder.symlink_to(scratch / "elsewhere")

    assert _unpacked() == b"model"


def test_a_file_in_place_of_the_folder_is_worked_around(scratch: Path) -> None:
    (scratch / f"haberdar-{os.geteuid()}").write_bytes(b"planted")

    assert _unpacked() == b"model"
