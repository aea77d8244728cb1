"""JSON Lines: an opinion a line, with its text and all that is said of its labels."""

from arguendo.annotation import Annotation, Gold
from arguendo.opinion import Opinion
from arguendo.records import Record, annotation_to_record, gold_to_record
from arguendo.splits import split_of


def to_record(labels: Annotation | Gold, opinion: Opinion) -> Record:
    """The line: id, split and text, then the record of the labels, its spans with the words they mark."""
    record = gold_to_record(labels) if isinstance(labels, Gold) else annotation_to_record(labels)
    for span in record["spans"]:
        span["text"] = opinion.text[span["start"] : span["end"]]
    del record["opinion"]
    return {"id": opinion.id, "split": split_of(opinion.metadata), "text": opinion.text, **record}
