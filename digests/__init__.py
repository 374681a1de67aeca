"""The engine: from articles to deliveries. It knows no chat service."""
