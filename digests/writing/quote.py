"""A stretch of an article as a quotation: verbatim, with where it stands."""

from digests.model import Article, Sentence, Span, Stance, full_text


def quote(article: Article, span: Span) -> Sentence:
    """Return a stretch of an article as a quotation with its source."""
    return as_quoted(article, full_text(article)[span.start : span.end], stance=article.stance)


def as_quoted(article: Article, text: str, *, stance: Stance, cut: bool = False) -> Sentence:
    """Return words of an article as a quotation with its source; `cut` says that they stop within a sentence."""
    return Sentence(
        text=text,
        article=article.id,
        url=article.url,
        outlet=article.outlet,
        stance=stance,
        language=article.language,
        published_at=article.published_at,
        fetched_at=article.fetched_at,
        cut=cut,
    )
