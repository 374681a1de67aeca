import pytest

from digests.model import PatternId
from digests.names.surnames import SurnameUse, prefix, surname_key

WHO = PatternId("p")
FORM = "A:p:" + prefix("Vitrolom")
BARE = "L:" + surname_key("Vitrolom")

MEANS = [
    ("two articles with the full name", {"F:p": 2, FORM: 2}, True),
    ("one is not enough", {"F:p": 1, FORM: 1}, False),
    ("others with the surname, but fewer", {"F:p": 7, "C:p": 3, FORM: 7}, True),
    ("others with the surname, too many", {"F:p": 6, "C:p": 3, FORM: 6}, False),
    ("a town is called so too", {"F:p": 2, FORM: 2, BARE: 20}, False),
    ("the form was never seen with the full name", {"F:p": 9}, False),
]


@pytest.mark.parametrize(("counts", "meant"), [case[1:] for case in MEANS], ids=[case[0] for case in MEANS])
def test_a_bare_surname_means_someone_only_when_the_stream_has_taught_it(counts: dict[str, int], meant: bool) -> None:
    assert SurnameUse(counts).means(WHO, "Vitrolom", "Vitrolomu") is meant


@pytest.mark.parametrize(("lower", "capital", "word"), [(3, 12, True), (3, 13, False), (2, 2, False), (0, 0, False)])
def test_a_word_is_common_when_it_stands_in_lower_case_often_enough(lower: int, capital: int, word: bool) -> None:
    use = SurnameUse({"w:uk:вітер": lower, "W:uk:вітер": capital})
    assert use.is_word("uk", "вітер") is word
    assert not use.is_word("ru", "вітер")


def test_a_surname_that_mostly_means_others_is_a_minority() -> None:
    assert SurnameUse({"F:p": 1, "C:p": 6}).is_minority(WHO)
    assert not SurnameUse({"F:p": 1, "C:p": 4}).is_minority(WHO)
    assert not SurnameUse({"F:p": 2, "C:p": 6}).is_minority(WHO)


def test_initials_are_known_after_one_full_name() -> None:
    assert SurnameUse({"F:p": 1, "C:p": 2}).knows_initials(WHO)
    assert not SurnameUse({"F:p": 1, "C:p": 3}).knows_initials(WHO)
    assert not SurnameUse().knows_initials(WHO)


def test_learning_adds_up() -> None:
    use = SurnameUse({"F:p": 1})
    use.learn([("F:p", 1), (FORM, 1), ("W:uk:вітер", 1)])
    assert use.counts() == {"F:p": 2, FORM: 1, "W:uk:вітер": 1}
    assert use.watched_words("uk") == {"вітер"}
    assert use.watched_words("ru") == set()
    assert use.means(WHO, "Vitrolom", "Vitrolom")


def test_counters_hold_no_surname_in_the_clear() -> None:
    assert "vitrolom" not in surname_key("Vitrolom").lower()


def test_asking_changes_no_counter() -> None:
    use = SurnameUse()
    use.full(WHO)
    use.is_word("uk", "вітер")
    assert use.counts() == {}
