"""Imported where workers are forked: an index of the shipped book has read the tables that every index reads."""

from bot.app import read_book
from digests.model import pattern_of
from digests.names.index import NameIndex
from tests.shell import BOOK

index = NameIndex()
for name in read_book(BOOK):
    index.add(pattern_of(name))
