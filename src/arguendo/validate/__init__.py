"""JSON Schema and referential rules: records in, every finding out, each with a stable code.

Records are plain JSON values. A record that breaks its schema is not looked at further, because
the rules trust its shape; all other rules are always applied, all of them.
"""

from arguendo.validate.annotations import (
    adjudication_findings,
    annotation_findings,
    annotators_findings,
    gold_findings,
    sentence_ends_findings,
)
from arguendo.validate.opinions import manifest_findings, opinion_findings
from arguendo.validate.rules import RULES, Finding, problem, rules_table
from arguendo.validate.schema import schema_findings

__all__ = [
    "RULES",
    "Finding",
    "adjudication_findings",
    "annotation_findings",
    "annotators_findings",
    "gold_findings",
    "manifest_findings",
    "opinion_findings",
    "problem",
    "rules_table",
    "schema_findings",
    "sentence_ends_findings",
]
