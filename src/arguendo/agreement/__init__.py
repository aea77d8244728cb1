"""Agreement of annotators: figures, and where they differ."""

from arguendo.agreement.disagreements import Disagreement, disagreements, same_place
from arguendo.agreement.figures import GAMMA, Double, agreement, matched_spans

__all__ = ["GAMMA", "Disagreement", "Double", "agreement", "disagreements", "matched_spans", "same_place"]
