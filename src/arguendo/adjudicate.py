"""Raw annotations → gold, with its record."""

from collections.abc import Sequence

from arguendo.annotation import Annotation, Gold, Origin
from arguendo.errors import fail


def adjudicate(annotations: Sequence[Annotation], where: str) -> Gold:
    """Gold for one opinion. One annotator's pass becomes provisional gold as it is, and says so.

    Raises:
        CorpusError: several annotators; their differences are nobody's to settle but a person's,
            and the record of such decisions has no file format yet.
    """
    if len(annotations) != 1:
        names = ", ".join(f"{a.round}/{a.annotator}" for a in annotations) or "none"
        raise fail(
            where,
            "adjudication",
            f"gold can be made from one annotation, and there are {len(annotations)} ({names})",
            "Name one round with --round; settling several annotators' differences is not built yet",
        )
    only = annotations[0]
    raw = f"{only.round}/{only.annotator}"
    return Gold(
        opinion=only.opinion,
        text_sha256=only.text_sha256,
        status="provisional",
        record=f"One pass by one annotator ({raw}), taken over as it is; no second one, not adjudicated",
        guidelines=only.guidelines,
        issues=only.issues,
        spans=only.spans,
        relations=only.relations,
        origins=tuple(Origin(s.id, (f"{raw}/{s.id}",), "the only annotation") for s in only.spans),
    )
