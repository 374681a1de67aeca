"""What leads to stories is kept as lists would keep it."""

from hypothesis import given
from hypothesis import strategies as st

from digests.stories.postings import Postings

_tokens, _holders = st.integers(0, 4), st.sampled_from("abcd")
_steps = st.lists(
    st.tuples(st.just("add"), _tokens, _holders)
    | st.tuples(st.just("lead on"), _holders, _holders)
    | st.tuples(st.just("keep"), st.frozensets(_holders), st.none()),
    max_size=25,
)


@given(_steps)
def test_each_token_leads_to_what_a_list_for_each_would_hold(steps: list[tuple[str, object, object]]) -> None:
    postings: Postings[int, str] = Postings()
    lists: dict[int, list[str]] = {}
    for step in steps:
        match step:
            case ("add", int(token), str(holder)):
                postings.add(token, holder)
                lists.setdefault(token, []).append(holder)
            case ("lead on", str(holder), str(into)):
                postings.lead_on(holder, into)
                for held in lists.values():
                    if holder in held:
                        held[:] = dict.fromkeys(into if one == holder else one for one in held)
            case ("keep", frozenset() as kept, None):
                postings.keep(kept)
                lists = {token: left for token, held in lists.items() if (left := [one for one in held if one in kept])}
        assert {token: list(postings.get(token)) for token in range(5)} == {n: lists.get(n, []) for n in range(5)}
        assert len(postings) == len(lists)
