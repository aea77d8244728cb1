"""Self-contained HTML pages: pure functions from the model to a document."""

from arguendo.pages.agreement import agreement_page, prediction_page
from arguendo.pages.benchmark import benchmark_page
from arguendo.pages.challenge import challenge_page
from arguendo.pages.opinion import opinion_page

__all__ = ["agreement_page", "benchmark_page", "challenge_page", "opinion_page", "prediction_page"]
