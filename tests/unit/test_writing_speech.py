import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Span
from digests.text import sentences
from digests.writing.speech import whole_speech


def _shown(text: str, part: str) -> str:
    """Return what is shown for the sentence that holds a part of the text."""
    spans = []
    at = 0
    for piece in text.split("|"):
        spans.append(Span(at, at + len(piece)))
        at += len(piece) + 1
    plain = text.replace("|", " ")
    span = next(span for span in spans if part in plain[span.start : span.end])
    start, end = whole_speech(plain, span, spans)
    return plain[start:end]


_SAID = "“It rained.|We stayed,” she said."
_WHOLE = "“It rained. We stayed,” she said."
_LONG = f"“It rained.|{'And rained. ' * 60}|We stayed,” she said."


@pytest.mark.parametrize(
    ("text", "part", "shown"),
    [
        pytest.param(
            "“It rained.|We stayed,” she said.", "We", "“It rained. We stayed,” she said.", id="opened before"
        ),
        pytest.param(_SAID, "It", _WHOLE, id="closed after"),
        pytest.param("«Йшов дощ.|Ми чекали.|Усе», — каже.", "Ми", "Ми чекали.", id="inside, balanced itself"),
        pytest.param('"It rained.|We stayed," she said.', "We", '"It rained. We stayed," she said.', id="straight"),
        pytest.param("„Padało.|Czekaliśmy“, mówi.", "Pad", "„Padało. Czekaliśmy“, mówi.", id="low opening"),
        pytest.param("“It rained.|We stayed.", "It", "“It rained.", id="never closed"),
        pytest.param("“It rained.\n|We stayed,” she said.", "We", "We stayed,” she said.", id="another paragraph"),
        pytest.param(
            f"“It rained.|{'And rained. ' * 60}|We stayed,” she said.", "We", "We stayed,” she said.", id="long"
        ),
        pytest.param("“It rained,” she said.|We stayed.", "We", "We stayed.", id="nothing is quoted"),
    ],
)
def test_speech_cut_by_a_sentence_is_shown_whole_where_it_is_short(text: str, part: str, shown: str) -> None:
    assert _shown(text, part) == shown


@given(st.text(alphabet='“”«»„" a.\n', max_size=200))
def test_a_span_never_shrinks_and_stays_in_its_paragraph(text: str) -> None:
    spans = sentences(text, "en")
    for span in spans:
        wide = whole_speech(text, span, spans)
        assert wide.start <= span.start
        assert span.end <= wide.end
        assert wide == span or "\n" not in text[wide.start : wide.end]
