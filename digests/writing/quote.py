"""A stretch of an article as a quotation: verbatim, with where it stands."""

from digests.model import Article, Sentence, Span, full_text


def quote(article: Article, span: Span) -> Sentence:
    """Return a stretch of an article as a quotation with its source."""
    return Sentence(
        text=full_text(article)[span.start : span.end],
        article=article.id,
        url=article.url,
        outlet=article.outlet,
        stance=article.stance,
        language=article.language,
        published_at=article.published_at,
        fetched_at=article.fetched_at,
    )
