"""What every room does with text: clean it, take it out of HTML, part it into sentences, guess its language."""

from digests.text.boilerplate import without_boilerplate
from digests.text.html import to_text
from digests.text.language import guess_language
from digests.text.sentences import sentences
from digests.text.tidy import one_line, tidy_text

__all__ = ["guess_language", "one_line", "sentences", "tidy_text", "to_text", "without_boilerplate"]
