"""Self-contained HTML pages: pure functions from the model to a document."""

from arguendo.pages.opinion import opinion_page

__all__ = ["opinion_page"]
