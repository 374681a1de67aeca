"""Mentions say which version of the matcher found them; a matcher that answers otherwise must have another version."""

from digests.names.match import MATCHER_VERSION
from tests.name_cases import hashed, read_cases, read_record


def test_the_answers_on_record_are_those_of_this_version() -> None:
    assert read_record()[0] == MATCHER_VERSION, "record its answers: python -m tests.name_cases"


def test_the_matcher_answers_as_its_version_is_known_to() -> None:
    _, known = read_record()

    otherwise = [case.id for case in read_cases() if known.get(case.id) != hashed(case)]

    assert not otherwise, "raise MATCHER_VERSION if known answers change, then: python -m tests.name_cases"
