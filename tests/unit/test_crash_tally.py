"""The tally of the crash test sees what it is there to see."""

import re

import pytest

from tests.crash.day import Article, Chat, Command
from tests.crash.tally import Tally, count

LENA = Chat("telegram:101", "alerts")
WHO = Command(LENA, "who Ostap Gomileldrak", re.compile(r"No stored article names Ostap Gomileldrak\."))
NEWS = Article("Remzi Zutivomek", "Remzi Zutivomek was fined in Lepu.", "", is_feed=False)
ANSWER = "No stored article names Ostap Gomileldrak. I look for: Ostap."
ALERT = "Remzi Zutivomek\n“Remzi Zutivomek was fined in Lepu.”"
MARKED = "Possible repeat\n"


def told(*texts: str) -> Tally:
    return count({LENA: texts}, [WHO], {LENA: [NEWS]})


def test_what_arrived_once_breaks_no_promise() -> None:
    tally = told(ANSWER, ALERT)
    assert tally.faults == []
    assert (tally.sent, tally.marked, tally.doubled_marked) == (2, 0, 0)


@pytest.mark.parametrize(
    ("texts", "faults"),
    [
        pytest.param([ANSWER], (1, 0, 0, 0), id="no alert"),
        pytest.param([ALERT], (0, 1, 0, 0), id="no answer"),
        pytest.param([ANSWER, ANSWER, ALERT], (0, 0, 1, 0), id="an answer again"),
        pytest.param([ANSWER, ALERT, ALERT], (0, 0, 0, 1), id="an alert again"),
        pytest.param([ANSWER, ALERT, MARKED + ALERT, MARKED + ALERT], (0, 0, 0, 1), id="a third copy, marked"),
        pytest.param([ANSWER, ALERT, "Ostap Gomileldrak is watched already."], (0, 0, 1, 0), id="unasked"),
    ],
)
def test_every_broken_promise_is_counted(texts: list[str], faults: tuple[int, int, int, int]) -> None:
    tally = told(*texts)
    lists = (tally.lost, tally.commands_lost, tally.commands_doubled, tally.doubled_unmarked)
    assert tuple(map(len, lists)) == faults


def test_a_second_copy_with_the_mark_is_no_fault_and_a_first_one_with_it_neither() -> None:
    tally = told(MARKED + ANSWER, ALERT, MARKED + ALERT)
    assert tally.faults == []
    assert (tally.marked, tally.doubled_marked) == (2, 1)
