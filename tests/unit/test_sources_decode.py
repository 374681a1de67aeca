"""Bytes to text: no watched name is lost to a wrong label or a bad byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.sources.decode import NotText, decode, unscramble

UKRAINIAN = "Адвокатку Ельвіру Степову не пустили до суду. Її чекали в коридорі три години, а потім вона пішла."
RUSSIAN = "Адвоката Орлана не пустили в суд. Его ждали в коридоре три часа, а потом он ушёл."
TURKISH = "Avukat İlhan Çağlı duruşmaya alınmadı; üç saat koridorda bekledi, sonra gitti ve açıklama yaptı."


@pytest.mark.parametrize(
    ("text", "written", "label"),
    [
        pytest.param(UKRAINIAN, "utf-8", None, id="UTF-8"),
        pytest.param(UKRAINIAN, "utf-8-sig", None, id="UTF-8 with a mark"),
        pytest.param(UKRAINIAN, "utf-16", None, id="UTF-16 with a mark"),
        pytest.param("<p>" + TURKISH, "utf-16-le", None, id="UTF-16 without one"),
        pytest.param("<p>" + UKRAINIAN, "utf-32", None, id="UTF-32 with a mark"),
        pytest.param("<p>" + UKRAINIAN, "utf-32-le", None, id="UTF-32 without one"),
        pytest.param("<p>" + TURKISH, "utf-32-be", None, id="UTF-32 the other way"),
        pytest.param("<p>" + TURKISH, "utf-16-be", None, id="UTF-16 the other way"),
        pytest.param(UKRAINIAN, "utf-32", None, id="UTF-32"),
        pytest.param(UKRAINIAN, "windows-1251", "windows-1251", id="windows-1251, labelled"),
        pytest.param(UKRAINIAN, "windows-1251", None, id="windows-1251, unlabelled"),
        pytest.param(RUSSIAN, "windows-1251", "utf-8", id="windows-1251, labelled UTF-8"),
        pytest.param(UKRAINIAN, "koi8-u", None, id="KOI8-U, unlabelled"),
        pytest.param(UKRAINIAN, "koi8-u", "koi8-u", id="KOI8-U, labelled"),
        pytest.param(TURKISH, "windows-1254", None, id="windows-1254, unlabelled"),
        pytest.param(TURKISH, "iso8859-9", "iso-8859-9", id="ISO 8859-9, labelled"),
        pytest.param(UKRAINIAN, "utf-8", "windows-1251", id="UTF-8, labelled windows-1251"),
        pytest.param("Zażółć gęślą jaźń", "iso8859-2", "iso-8859-2", id="Polish, labelled"),
        pytest.param(TURKISH, "utf-8", "no-such-thing", id="an unknown label"),
        pytest.param("plain", "ascii", "base64", id="a label that is no text encoding"),
    ],
)
def test_a_text_comes_out_as_it_was_written(text: str, written: str, label: str | None) -> None:
    assert decode(text.encode(written), label) == text


def test_the_declaration_of_xml_and_html_is_believed_when_it_fits() -> None:
    xml = f'<?xml version="1.0" encoding="windows-1251"?><a>{UKRAINIAN}</a>'
    html = f'<html><head><meta charset="koi8-u"></head>{UKRAINIAN}'
    assert decode(xml.encode("windows-1251")) == xml
    assert decode(html.encode("koi8-u")) == html


@given(
    st.integers(min_value=0, max_value=len(UKRAINIAN.encode())), st.sampled_from([b"\xff", b"\xc0", b"\x98", b"\xe2"])
)
def test_one_bad_byte_spoils_one_letter_and_no_more(at: int, bad: bytes) -> None:
    data = UKRAINIAN.encode()
    text = decode(data[:at] + bad + data[at:], "windows-1251")
    assert sum(word in text.split() for word in UKRAINIAN.split()) >= len(UKRAINIAN.split()) - 2


@pytest.mark.parametrize("data", [b"\x7fELF\0\0\x01\0\0\x03", bytes(100), b"a\0b"])
def test_zero_bytes_are_no_text(data: bytes) -> None:
    with pytest.raises(NotText):
        decode(data)


@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "koi8-u", "rot13", "idna", "punycode", "utf-7"]))
def test_whatever_the_bytes_they_are_a_text_or_refused(data: bytes, label: str | None) -> None:
    try:
        text = decode(data, label)
    except NotText:
        assert b"\0" in data
    else:
        assert isinstance(text, str)


@pytest.mark.parametrize("stray", ["’", "“", "–", "\xa0", "»"])
def test_a_stray_byte_of_a_western_text_is_the_sign_it_was(stray: str) -> None:
    text = f"Ångström’s café{stray} and more naïve words"
    data = text.encode().replace(stray.encode() + b" and", stray.encode("windows-1252") + b" and")
    assert decode(data) == text


@pytest.mark.parametrize("text", [UKRAINIAN, RUSSIAN, TURKISH, "Zażółć gęślą jaźń", "It’s “over” – café"])
@pytest.mark.parametrize("wrongly", ["windows-1252", "windows-1251"])
def test_a_text_that_was_encoded_twice_comes_out_as_it_was_written(text: str, wrongly: str) -> None:
    scrambled = "".join(
        bytes([byte]).decode(wrongly) if _is_known(byte, wrongly) else chr(byte) for byte in text.encode()
    )
    assert unscramble(scrambled) == text


def _is_known(byte: int, encoding: str) -> bool:
    try:
        return bool(bytes([byte]).decode(encoding))
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize(
    "text", [UKRAINIAN, RUSSIAN, TURKISH, "ÇAĞRI «HALÂ»", "РСФСР, РС", "SÃO PAULO, AÇÃO", "Â°"[:1]]
)
def test_a_text_that_was_encoded_once_stays_as_it_is(text: str) -> None:
    assert unscramble(text) == text


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщьюяіїєґ АБВГД«»–’", min_size=1))
def test_no_honest_cyrillic_text_is_taken_for_a_scrambled_one(text: str) -> None:
    assert unscramble(text) == text
