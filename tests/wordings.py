"""What models answer: honest, careless and hostile answers to a question about one item."""

import json
from datetime import UTC, datetime

from digests.writing.reword import MOST_ANSWER_CHARS
from tests import builders as b

TRANSFER = "Arslan Bozdaliev, detained on 12 March, was moved to a prison in Rostov, his lawyer Halyna Vitrolom said."
DENIAL = "“Arslan Bozdaliev was not released,” the prison service told Steppe Radio on Monday."
ITEM = b.item(
    sentences=(
        b.sentence(text=TRANSFER, article="one", language="en", published_at=datetime(2024, 3, 18, 9, tzinfo=UTC)),
        b.sentence(text=DENIAL, article="two", language="en", published_at=datetime(2024, 3, 18, 9, tzinfo=UTC)),
    ),
    names=(b.named(form="Arslan Bozdaliev"),),
)

# id, the answer's rows, the faults. What an honest, a careless and a hostile model answers.
GOOD = [
    ("short", [("Arslan Bozdaliev was moved to a prison in Rostov.", [1])]),
    ("with its lawyer", [("His lawyer Halyna Vitrolom said that Arslan Bozdaliev was moved to Rostov.", [1])]),
    ("with its day", [("Detained on 12 March, Arslan Bozdaliev was moved.", [1])]),
    ("with its denial", [("Arslan Bozdaliev was not released.", [2])]),
    ("a quotation", [("“Arslan Bozdaliev was not released,” the prison service told Steppe Radio.", [2])]),
    ("in Ukrainian", [("Арслана Боздалієва перевели до Ростова.", [1])]),
    ("in Turkish", [("Arslan Bozdaliyev Rostov'a nakledildi.", [1])]),
    ("of both", [("Arslan Bozdaliev was moved to Rostov.", [1]), ("Arslan Bozdaliev was not released.", [2])]),
]
BAD = [
    ("another person", "Petro Kovalenko was moved to a prison in Rostov.", [1], "name"),
    ("another place", "Arslan Bozdaliev was moved to a prison in Saratov.", [1], "name"),
    ("an office", "Senator Arslan Bozdaliev was moved to Rostov.", [1], "name"),
    ("a name of the other sentence", "Arslan Bozdaliev was moved, Steppe Radio said.", [1], "name"),
    ("another number", "Arslan Bozdaliev and 3 others were moved to Rostov.", [1], "number"),
    ("a number in words", "Arslan Bozdaliev and seven others were moved to Rostov.", [1], "number"),
    ("another day", "Detained on 13 March, Arslan Bozdaliev was moved.", [1], "day"),
    ("another month", "12 мая Арслана Боздалиева перевели в Ростов.", [1], "day"),
    ("no denial", "Arslan Bozdaliev was released.", [2], "turned"),
    ("a denial of its own", "Arslan Bozdaliev was not moved to Rostov.", [1], "turned"),
    ("a doubt of its own", "Arslan Bozdaliev was reportedly moved to Rostov.", [1], "turned"),
    ("an intention", "Arslan Bozdaliev could be moved to Rostov.", [1], "turned"),
    ("another status", "Arslan Bozdaliev was sentenced in Rostov.", [1], "status"),
    ("his death", "Arslan Bozdaliev died in Rostov.", [1], "status"),
    ("his death in Russian", "Арслан Боздалиев умер в Ростове.", [1], "status"),
    ("his release in Ukrainian", "Арслана Боздалієва відпустили в Ростові.", [1], "status"),
    ("an invented quotation", "“I am innocent,” Arslan Bozdaliev said.", [1], "quotation"),
    ("a changed quotation", "“Arslan Bozdaliev was never released,” the service told.", [2], "quotation"),
    ("an address", "Arslan Bozdaliev was moved, see https://example.org/x.", [1], "address"),
    ("a bare address", "Arslan Bozdaliev was moved, see www.example.org.", [1], "address"),
    ("a channel", "Arslan Bozdaliev was moved, join t.me/steppe.", [1], "address"),
    ("a handle", "Arslan Bozdaliev was moved, ask @steppe.", [1], "address"),
    ("a mail", "Arslan Bozdaliev was moved, write a@b.", [1], "address"),
    ("markup", "<b>Arslan Bozdaliev</b> was moved to Rostov.", [1], "markup"),
    ("a link in markdown", "[Arslan Bozdaliev](x) was moved to Rostov.", [1], "markup"),
    ("a Slack mention", "<!channel> Arslan Bozdaliev was moved.", [1], "markup"),
    ("an entity", "Arslan Bozdaliev &amp; was moved to Rostov.", [1], "markup"),
    ("a template", "{{ Arslan Bozdaliev }} was moved to Rostov.", [1], "markup"),
    ("turned letters", "Arslan Bozdaliev was\u202e moved to Rostov.", [1], "hidden"),
    ("letters of no width", "Arslan\u200b Bozdaliev was moved to Rostov.", [1], "hidden"),
    ("nothing", "   ", [1], "empty"),
    ("too many words", "Arslan Bozdaliev was moved " + "and moved " * 30 + "to Rostov.", [1], "long"),
]
NO_FORM = [
    ("prose", "Arslan Bozdaliev was moved to Rostov."),
    ("a refusal", "I cannot help with that."),
    ("an object", '{"text": "Arslan Bozdaliev was moved.", "cites": [1]}'),
    ("a broken list", '[{"text": "Arslan Bozdaliev was moved."'),
    ("no list", "[]"),
    ("no citation", '[{"text": "Arslan Bozdaliev was moved.", "cites": []}]'),
    ("no such citation", '[{"text": "Arslan Bozdaliev was moved.", "cites": [3]}]'),
    ("citation zero", '[{"text": "Arslan Bozdaliev was moved.", "cites": [0]}]'),
    ("a citation that is a truth", '[{"text": "Arslan Bozdaliev was moved.", "cites": [true]}]'),
    ("a citation in letters", '[{"text": "Arslan Bozdaliev was moved.", "cites": ["1"]}]'),
    ("a text that is a number", '[{"text": 7, "cites": [1]}]'),
    ("a further field", '[{"text": "Arslan Bozdaliev was moved.", "cites": [1], "url": "x"}]'),
    ("too many wordings", json.dumps([{"text": "Arslan Bozdaliev was moved.", "cites": [1]}] * 9)),
    ("far too long", "[" + " " * MOST_ANSWER_CHARS + "]"),
    ("nested without end", "[" * 3_000 + "]" * 3_000),
]


def answer_of(rows: list[tuple[str, list[int]]]) -> str:
    """Return the answer that words these texts, each resting on the numbered sentences."""
    return json.dumps([{"text": text, "cites": cites} for text, cites in rows], ensure_ascii=False)
