"""The tables a linguist or a monitor may correct, read once each from the package's own data files."""

from functools import cache
from importlib.resources import files


@cache
def load_rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a tab-separated file of this package, such as "names/data/endings.tsv".

    Lines that are blank or begin with `#` are skipped; cells are stripped of white space around them.

    >>> load_rows("names/data/particles.tsv")[0][0]
    'von'
    """
    text = files("digests").joinpath(name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return tuple(tuple(cell.strip() for cell in line.split("\t")) for line in lines)
