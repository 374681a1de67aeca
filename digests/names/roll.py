"""Lists of names as files: plain text of one name a line, CSV as spreadsheets write it, TOML as the shipped book.

A CSV has a header. Its columns, in any order, are name (or label), kind, spellings, near, never and note; only the
first must be there. Several words stand in one cell, parted by semicolons; a spelling may carry its language and what
became of it:

    Арслан Боздалієв; ru: Арслан Боздалиев; -tr: Arslan Bozdali; ?pl: Arslan Bozdalijew

`-` before it: struck; `?`: it waits for somebody's word. Where the cell is empty, the rules propose spellings.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from digests.errors import BookError
from digests.model import Kind, ListId, Spelling, SpellingState, WatchedName
from digests.names.book import STRUCK, WAITING, parse_book
from digests.names.spell import script_of

Form = Literal["text", "csv", "toml"]
FORMS: tuple[Form, ...] = ("text", "csv", "toml")
_COLUMNS = ("name", "kind", "spellings", "near", "never", "note")
_MARKS: Mapping[str, Mapping[str, object]] = {"": {}, "?": WAITING, "-": STRUCK}
_STATES = {SpellingState.KEPT: "", SpellingState.PROPOSED: "?", SpellingState.STRUCK: "-"}
_LANGUAGE_ALONE = re.compile("[a-z]{2,3}:")
_SPELLING = re.compile(r"\s*([?-]?)\s*(?:([a-z]{2,3}):)?\s*(.*\S)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One name as a file has it.

    Attributes:
        line: Where it stands, from 1.
        kind: None where the file does not say.
        spellings: Its own ones, the label among them; none where rules are to propose them.
    """

    line: int
    label: str
    kind: Kind | None = None
    spellings: tuple[Spelling, ...] = ()
    near: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    note: str = ""


def form_of(file_name: str) -> Form:
    """Return what form a file has by its name: text where that says nothing.

    >>> form_of("names.CSV"), form_of("list")
    ('csv', 'text')
    """
    suffix = file_name.rpartition(".")[2].lower()
    return "csv" if suffix in ("csv", "tsv") else "toml" if suffix == "toml" else "text"


def read_roll(text: str, form: Form, *, where: str) -> tuple[Written, ...]:
    """Return the names of a file, in its order; `BookError` names the line and what to do."""
    text = text.removeprefix("\ufeff")
    match form:
        case "csv":
            return tuple(_from_csv(text, where))
        case "toml":
            return tuple(_from_toml(text, where))
        case "text":
            lines = enumerate(text.splitlines(), 1)
            return tuple(Written(line=n, label=line.strip()) for n, line in lines if line.strip() and line[0] != "#")


def write_roll(names: Iterable[WatchedName], form: Form) -> str:
    """Return names as a file of that form; but for plain text, `read_roll` of it gives the same names again."""
    match form:
        case "csv":
            return _to_csv(names)
        case "toml":
            return "\n".join(_to_toml(name) for name in names)
        case "text":
            return "".join(f"{name.label}\n" for name in names)


# CSV ----------------------------------------------------------------------------------------------------------------


def _from_csv(text: str, where: str) -> Iterator[Written]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    columns: tuple[str, ...] = ()
    end = 0
    try:
        for row in rows:
            line, end = end + 1, rows.line_num
            if not any(cell.strip() for cell in row):
                continue
            if not columns:
                columns = _header(row, where, line)
                continue
            if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
                raise BookError(
                    where, f"there are {len(row)} cells for {len(columns)} columns; quote commas", line=line
                )
            yield _row({name: cell.strip() for name, cell in zip(columns, row, strict=False)}, where, line)
    except csv.Error as error:
        raise BookError(where, f"{error}; mend the quotation marks", line=end + 1) from error
    if not columns:
        raise BookError(where, f"the file is empty; its first line names the columns: {', '.join(_COLUMNS)}")


def _header(row: Sequence[str], where: str, line: int) -> tuple[str, ...]:
    columns = tuple(cell.strip().lower() for cell in row)
    columns = tuple("name" if column == "label" else column for column in columns)
    unknown = next((column for column in columns if column not in (*_COLUMNS, "")), None)
    if unknown is not None:
        why = f'"{unknown[:40]}" is no column; there may be {", ".join(_COLUMNS)}'
        raise BookError(where, why, line=line)
    if columns.count("name") != 1:
        raise BookError(where, 'one column must be called "name"', line=line)
    return columns


def _row(cells: Mapping[str, str], where: str, line: int) -> Written:
    label, kind = cells.get("name", ""), cells.get("kind", "").lower()
    if not label:
        raise BookError(where, "the name is missing", line=line)
    if kind and kind not in list(Kind):
        raise BookError(where, f'"{kind[:40]}" is no kind; write person, body, place or nothing', line=line)
    listed = tuple(_spelling(part, where, line) for part in _parts(cells.get("spellings", "")))
    own = () if any(each.text == label for each in listed) else (Spelling(text=label, script=script_of(label)),)
    return Written(
        line=line,
        label=label,
        kind=Kind(kind) if kind else None,
        spellings=(*own, *listed) if listed else (),
        near=_parts(cells.get("near", "")),
        never=_parts(cells.get("never", "")),
        note=cells.get("note", ""),
    )


def _spelling(part: str, where: str, line: int) -> Spelling:
    match = _SPELLING.fullmatch(part)
    if match is None or _LANGUAGE_ALONE.fullmatch(match[3]):
        raise BookError(where, f'"{part[:40]}" is no spelling; write it out, as in uk: Імʼя Прізвище', line=line)
    mark, language, text = match.groups()
    spelling = Spelling(text=text, language=language, script=script_of(text))
    return replace(spelling, **_MARKS[mark])  # type: ignore[arg-type]  # fields of a spelling, by name


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _to_csv(names: Iterable[WatchedName]) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for name in names:
        spellings = "; ".join(_marked(spelling) for spelling in name.spellings)
        cells = (name.label, name.kind.value, spellings, "; ".join(name.near), "; ".join(name.never), name.note)
        rows.writerow([_harmless(cell) for cell in cells])
    return out.getvalue()


def _marked(spelling: Spelling) -> str:
    return f"{_STATES[spelling.state]}{f'{spelling.language}: ' if spelling.language else ''}{spelling.text}"


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula begins with a space, which reading takes off again."""
    return f" {cell}" if cell[:1] in "=+-@" else cell


# TOML ---------------------------------------------------------------------------------------------------------------


def _from_toml(text: str, where: str) -> Iterator[Written]:
    lines = [n for n, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*name\s*\]\]", line)]
    names = parse_book(text, where=where, list_id=ListId(""))
    for n, name in enumerate(names):
        yield Written(
            line=lines[n] if n < len(lines) else 0,
            label=name.label,
            kind=name.kind,
            spellings=tuple(replace(each, origin="person") for each in name.spellings) if name.spellings[1:] else (),
            near=name.near,
            never=name.never,
            note=name.note,
        )


def _to_toml(name: WatchedName) -> str:
    lines = ["[[name]]", f"label = {_quoted(name.label)}", f"kind = {_quoted(name.kind.value)}"]
    for key, state in (
        ("spellings", SpellingState.KEPT),
        ("waiting", SpellingState.PROPOSED),
        ("struck", SpellingState.STRUCK),
    ):
        by_language: dict[str, list[str]] = {}
        for spelling in name.spellings:
            is_label = state is SpellingState.KEPT and spelling.text == name.label
            if spelling.state is state and not is_label:
                by_language.setdefault(spelling.language or "any", []).append(spelling.text)
        lines += [f"{key}.{language} = {_listed(texts)}" for language, texts in by_language.items()]
    lines += [f"{key} = {_listed(words)}" for key, words in (("near", name.near), ("never", name.never)) if words]
    lines += [f"note = {_quoted(name.note)}"] if name.note else []
    return "\n".join(lines) + "\n"


def _listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(_quoted(text) for text in texts)}]"


def _quoted(text: str) -> str:
    """A basic string of TOML: no letter needs to be written otherwise, but quotes, backslashes and controls."""
    return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or c in '"\\\x7f' else c for c in text) + '"'
