from hypothesis import given
from hypothesis import strategies as st

from digests.names.remembered import Remembered

_ROOM = 10


def test_what_is_asked_for_again_outlives_what_is_not() -> None:
    memory: Remembered[int] = Remembered(_ROOM)
    memory.keep("kept", "en", 1, 1)
    for number in range(100):
        memory.keep(f"word {number}", "en", 2, 1)
        if "kept" not in memory.language("en"):
            assert memory.older("kept", "en", 0) == 1
            memory.keep("kept", "en", 1, 1)
    assert memory.older("word 0", "en", 0) == 0


def test_a_word_of_another_language_is_another() -> None:
    memory: Remembered[int] = Remembered(_ROOM)
    memory.keep("Most", "pl", 1, 1)
    assert "Most" not in memory.language("en")
    assert memory.older("Most", "en", 0) == 0


def test_nothing_is_left_when_all_is_forgotten() -> None:
    memory: Remembered[int] = Remembered(_ROOM)
    for number in range(15):
        memory.keep(str(number), "en", number, 1)
    memory.clear()
    assert len(memory) == 0
    assert memory.older("3", "en", -1) == -1


entries = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["en", "uk"]), st.integers(1, 4)))


@given(entries)
def test_two_generations_never_weigh_more_than_their_room(kept: list[tuple[str, str, int]]) -> None:
    memory: Remembered[int] = Remembered(_ROOM)
    for word, language, weight in kept:
        memory.keep(word, language, weight, weight)
        assert memory.language(language)[word] == weight
        held = [each for generation in (memory._young, memory._old) for words in generation.values() for each in words]
        assert len(held) <= 2 * _ROOM
