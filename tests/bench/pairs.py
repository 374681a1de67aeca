"""Say of pairs of spellings whether they name the same, for the scorer of the names bench.

python -m tests.bench pairs --pairs FILE[.xz] --out FILE
"""

import argparse
import json
import lzma
from collections.abc import Sequence
from pathlib import Path

from digests.model import Kind, Pattern, PatternId
from digests.names.alike import SAME, alike

_KINDS = {"person": Kind.PERSON, "org": Kind.BODY, "place": Kind.PLACE}


def main(argv: Sequence[str]) -> int:
    """Write one number from 0 to 1 a row; the last line of standard output is the measurement."""
    parser = argparse.ArgumentParser(prog="tests.bench pairs")
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    data = lzma.decompress(args.pairs.read_bytes()) if args.pairs.suffix == ".xz" else args.pairs.read_bytes()
    head, *rows = [line.split("\t") for line in data.decode("utf-8").rstrip("\n").split("\n")]
    answers = [_answer(dict(zip(head, row, strict=False))) for row in rows]
    args.out.write_text("".join(f"{answer:.4f}\n" for answer in answers))
    print(json.dumps({"pairs": len(answers), "same": sum(answer >= SAME for answer in answers)}))  # noqa: T201
    return 0


def _answer(row: dict[str, str]) -> float:
    if "watch" not in row:  # single words: the Latin and the Cyrillic form of one name
        spelling, text = (row["latin"].title(), ""), row["cyrillic"].title()
        return alike(Pattern(id=PatternId("watch"), kind=Kind.BODY, spellings=(spelling,)), text)
    kind = _KINDS[row.get("type", "person")]
    pattern = Pattern(id=PatternId("watch"), kind=kind, spellings=((row["watch"], row["watch_lang"]),))
    return alike(pattern, row["text"], row["text_lang"])
