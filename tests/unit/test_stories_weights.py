from digests.stories.weights import Rarity, cosine


def test_a_common_token_weighs_less_than_a_rare_one_and_an_unknown_one_most() -> None:
    rarity = Rarity[str]()
    for number in range(50):
        rarity.learn(["the", f"word{number}"])
    assert rarity.of("the") < rarity.of("word7") < rarity.of("never seen") == 1.0


def test_what_stands_in_every_text_is_left_out() -> None:
    rarity = Rarity[str]()
    for _ in range(500):
        rarity.learn(["the"])
    for _ in range(2_000):
        rarity.learn(["the", "a"])
    assert rarity.of("the") < 0.01


def test_forgetting_halves_the_counts_and_drops_what_was_seen_once() -> None:
    rarity = Rarity[str]()
    for number in range(10):
        rarity.learn(["the", f"word{number}"])
    rarity.forget()
    assert len(rarity) == 1


def test_likeness_is_one_for_the_same_direction_and_nothing_for_no_shared_token() -> None:
    assert abs(cosine({"a": 1.0, "b": 2.0}, {"a": 2.0, "b": 4.0}) - 1.0) < 1e-9
    assert cosine({"a": 1.0}, {"b": 1.0}) == 0.0
    assert cosine({}, {"b": 1.0}) == 0.0
