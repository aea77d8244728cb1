"""Agreement of annotators: figures, and where they differ."""

from arguendo.agreement.disagreements import Disagreement, disagreements, same_place
from arguendo.agreement.figures import Double, agreement, matched_spans

__all__ = ["Disagreement", "Double", "agreement", "disagreements", "matched_spans", "same_place"]
