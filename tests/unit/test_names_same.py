"""Who is watched already, whatever spelling somebody types: never two for one, never one for a couple."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Kind, Pattern, PatternId
from digests.names.same import Directory, Likeness, likeness
from tests import builders as b

SAME, UNSURE, OTHER = Likeness.SAME, Likeness.UNSURE, Likeness.OTHER

LABELS = [
    ("as written", "Ali Umerov", "Ali Umerov", SAME),
    ("another case of letters", "Ali Umerov", "ALI UMEROV", SAME),
    ("in lower case", "Ali Umerov", "ali umerov", SAME),
    ("another script", "Ali Umerov", "Алі Умеров", SAME),
    ("surname first", "Ali Umerov", "Умеров Али", SAME),
    ("another given name", "Ali Umerov", "Рефат Умеров", OTHER),
    ("his wife, in English", "Ali Umerov", "Ali Umerova", OTHER),
    ("her husband, in English", "Ali Umerova", "Ali Umerov", OTHER),
    ("her husband, in Ukrainian", "Аліє Умерова", "Аліє Умеров", OTHER),
    ("his genitive or his wife", "Ali Umerov", "Алі Умерова", UNSURE),
    ("his genitive or his wife, in Polish", "Ali Umerow", "Ali Umerowa", UNSURE),
    ("his genitive, the given name declined too", "Refat Chubarov", "Рефата Чубарова", SAME),
    ("his genitive, or a woman of a like name", "Олександр Умеров", "Олександра Умерова", UNSURE),
    ("his dative", "Refat Chubarov", "Рефату Чубарову", SAME),
    ("her genitive", "Ali Umerov", "Али Умеровой", OTHER),
    ("her genitive, of her", "Ali Umerova", "Али Умеровой", SAME),
    ("a couple of another romanisation", "Emil Vyshynskyi", "Emil Vyshynska", OTHER),
    ("a Czech couple", "Emil Novák", "Emil Nováková", OTHER),
    ("a Czech couple, she first", "Emila Nováková", "Emila Novák", OTHER),
    ("his surname alone, and hers", "Bozdaliev", "Bozdalieva", UNSURE),
    ("her surname alone, and his", "Bozdalieva", "Bozdaliev", UNSURE),
    ("surnames alone, Ukrainian", "Боздалієв", "Боздалієва", UNSURE),
    ("surnames alone, Russian, she first", "Боздалиева", "Боздалиев", UNSURE),
    ("surnames alone, across scripts", "Bozdaliev", "Боздалієва", UNSURE),
    ("surnames alone, -ov", "Umerov", "Umerova", UNSURE),
    ("surnames alone, -in", "Кузнін", "Кузніна", UNSURE),
    ("surnames alone, -in in Latin", "Kuznin", "Kuznina", UNSURE),
    ("surnames alone, -sky", "Vyshynsky", "Vyshynska", UNSURE),
    ("surnames alone, -skaya", "Vyshinsky", "Vyshinskaya", UNSURE),
    ("surnames alone, -ський", "Вишинський", "Вишинська", UNSURE),
    ("surnames alone, -ский, she first", "Вышинская", "Вышинский", UNSURE),
    ("surnames alone, Bulgarian", "Георгиева", "Георгиев", UNSURE),
    ("surnames alone, Polish", "Kowalski", "Kowalska", UNSURE),
    ("surnames alone, Czech", "Bozdálek", "Bozdálková", UNSURE),
    ("a surname alone in another script", "Bozdaliev", "Боздалієв", SAME),
    ("a surname alone in a case of his", "Bozdaliev", "Боздалієвим", SAME),
    ("her surname alone in a case of hers", "Bozdalieva", "Боздалиевой", SAME),
    ("a surname alone that both bear", "Vitrolom", "Вітролома", SAME),
    ("a Slavic couple", "Сергій Вишинський", "Сергій Вишинська", OTHER),
    ("a surname that both bear", "Halyna Vitrolom", "Галини Вітролом", SAME),
    ("a name of one letter less", "Emil Kurbedinov", "Еміль Курбанов", OTHER),
    ("no letters", "Ali Umerov", "!!", OTHER),
]


@pytest.mark.parametrize(("watched", "typed", "expected"), [c[1:] for c in LABELS], ids=[c[0] for c in LABELS])
def test_what_a_label_is_to_a_watched_person(watched: str, typed: str, expected: Likeness) -> None:
    pattern = Pattern(id=PatternId("p"), kind=Kind.PERSON, spellings=((watched, ""),))
    assert likeness(pattern, typed) is expected


@pytest.mark.parametrize(("watched", "typed", "expected"), [c[1:] for c in LABELS], ids=[c[0] for c in LABELS])
def test_a_directory_of_many_answers_as_one_name_alone_does(watched: str, typed: str, expected: Likeness) -> None:
    name = b.watched_name(watched)
    others = [b.watched_name(label) for label in ("Halyna Vitrolomova", "Yunus Karasuvat", "Server Bekirov")]
    found, how = Directory([*others, name]).find(typed)
    assert how is expected
    assert found == (None if expected is OTHER else name)


def test_of_a_couple_each_is_found_by_what_is_written_for_each() -> None:
    him, her = b.watched_name("Ali Umerov"), b.watched_name("Ali Umerova")
    directory = Directory([him, her])
    assert directory.find("Ali Umerov") == (him, SAME)
    assert directory.find("Ali Umerova") == (her, SAME)
    assert directory.find("Али Умеров") == (him, SAME)
    assert directory.find("Алі Умерова") == (her, SAME)


def test_a_name_is_found_by_its_id_and_by_a_name_added_later() -> None:
    first, second = b.watched_name("Ali Umerov"), b.watched_name("SteppeSOS", kind=Kind.BODY)
    directory = Directory([first])
    assert directory.find("SteppeSOS") == (None, OTHER)
    directory.add(second)
    assert directory.find("Степан")[0] is None
    assert directory.find("steppesos") == (second, SAME)
    assert directory.find(first.id) == (first, SAME)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_answered(typed: str) -> None:
    found, how = Directory([b.watched_name("Ali Umerov"), b.watched_name("Halyna Vitrolom")]).find(typed)
    assert (found is None) == (how is OTHER)


@pytest.mark.parametrize(
    ("label", "typed"),
    [("KrymSOS", "КримSOS"), ("Tuzlagorsk", "Тузлагорск"), ("Steppe Watch", "STEPPE WATCH")],
    ids=["a body of one word", "a place of one word", "a body of two words"],
)
def test_a_body_that_is_watched_is_known_however_it_is_typed(label: str, typed: str) -> None:
    watched = b.watched_name(label, kind=Kind.BODY)
    assert Directory([watched]).find(typed) == (watched, Likeness.SAME)
