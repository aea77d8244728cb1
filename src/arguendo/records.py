"""Model ↔ plain JSON records. The only module that knows the names of the fields in files.

Written out by hand, so that a change of the model cannot silently change the files. Records are
checked by `validate` before they come here; functions that read them trust their shape.
"""

from typing import Any

from arguendo.annotation import Annotation, Annotator, Gold, Issue, Origin, Relation, Span
from arguendo.opinion import (
    Block,
    Citation,
    Emphasis,
    Metadata,
    Opinion,
    Page,
    Party,
    Sentence,
    Source,
    SubOpinion,
)
from arguendo.sourcemap import Edit

Record = dict[str, Any]


def _without_none(record: Record) -> Record:
    return {name: value for name, value in record.items() if value is not None}


# --- opinions ----------------------------------------------------------------------------------


def opinion_to_record(opinion: Opinion, text_sha256: str) -> Record:
    """The record of `opinion.json`; the text itself is `opinion.txt`."""
    meta, source = opinion.metadata, opinion.source
    return {
        "id": opinion.id,
        "metadata": _without_none(
            {
                "court": meta.court,
                "docket": meta.docket,
                "docket_as_written": meta.docket_as_written,
                "date": meta.date,
                "title": meta.title,
                "author": meta.author,
                "case_name": meta.case_name,
                "judges": list(meta.judges) or None,
                "parties": [{"name": p.name, "role": p.role, "side": p.side} for p in meta.parties],
            }
        ),
        "source": _without_none(
            {
                "file": source.file,
                "sha256": source.sha256,
                "bytes": source.bytes,
                "encoding": source.encoding,
                "format": source.format,
                "glyphs_sha256": source.glyphs_sha256,
            }
        ),
        "text_sha256": text_sha256,
        "sub_opinions": [
            _without_none({"kind": s.kind, "author": s.author, "start": s.start, "end": s.end})
            for s in opinion.sub_opinions
        ],
        "blocks": [_block_to_record(block) for block in opinion.blocks],
        "emphasis": [{"kind": e.kind, "start": e.start, "end": e.end} for e in opinion.emphasis],
        "sentences": [{"start": s.start, "end": s.end} for s in opinion.sentences],
        "citations": [_citation_to_record(citation) for citation in opinion.citations],
        "pages": [{"number": p.number, "start": p.start} for p in opinion.pages],
        "source_map": [_edit_to_record(edit) for edit in opinion.source_map],
    }


def opinion_from_record(record: Record, text: str) -> Opinion:
    """Inverse of `opinion_to_record`, given the canonical text."""
    meta, source = record["metadata"], record["source"]
    return Opinion(
        id=record["id"],
        metadata=Metadata(
            court=meta["court"],
            docket=meta["docket"],
            docket_as_written=meta["docket_as_written"],
            date=meta["date"],
            title=meta.get("title"),
            author=meta.get("author"),
            parties=tuple(Party(p["name"], p["role"], p["side"]) for p in meta["parties"]),
            case_name=meta.get("case_name"),
            judges=tuple(meta.get("judges", ())),
        ),
        source=Source(
            source["file"],
            source["sha256"],
            source["bytes"],
            source["encoding"],
            source["format"],
            source.get("glyphs_sha256"),
        ),
        text=text,
        sub_opinions=tuple(
            SubOpinion(s["kind"], s.get("author"), s["start"], s["end"]) for s in record["sub_opinions"]
        ),
        blocks=tuple(_block_from_record(block) for block in record["blocks"]),
        emphasis=tuple(Emphasis(e["kind"], e["start"], e["end"]) for e in record["emphasis"]),
        sentences=tuple(Sentence(s["start"], s["end"]) for s in record["sentences"]),
        citations=tuple(_citation_from_record(citation) for citation in record["citations"]),
        pages=tuple(Page(p["number"], p["start"]) for p in record["pages"]),
        source_map=tuple(edit_from_record(edit) for edit in record["source_map"]),
    )


def _block_to_record(block: Block) -> Record:
    return _without_none(
        {
            "kind": block.kind,
            "start": block.start,
            "end": block.end,
            "part": block.part,
            "level": block.level,
            "label": block.label,
            "number": block.number,
            "anchor": block.anchor,
            "continues": block.continues or None,
        }
    )


def _block_from_record(record: Record) -> Block:
    return Block(
        record["kind"],
        record["start"],
        record["end"],
        part=record.get("part"),
        level=record.get("level"),
        label=record.get("label"),
        number=record.get("number"),
        anchor=record.get("anchor"),
        continues=record.get("continues", False),
    )


def _citation_to_record(citation: Citation) -> Record:
    return _without_none(
        {
            "kind": citation.kind,
            "form": citation.form,
            "start": citation.start,
            "end": citation.end,
            "normalised": citation.normalised,
            "pin": citation.pin,
            "antecedent": citation.antecedent,
        }
    )


def _citation_from_record(record: Record) -> Citation:
    return Citation(
        record["kind"],
        record["form"],
        record["start"],
        record["end"],
        normalised=record.get("normalised"),
        pin=record.get("pin"),
        antecedent=record.get("antecedent"),
    )


def _edit_to_record(edit: Edit) -> Record:
    record: Record = {"op": edit.op, "source": [edit.source_start, edit.source_end]}
    if edit.op != "drop":
        record["text"] = [edit.text_start, edit.text_end]
    if edit.was is not None:
        record["was"] = edit.was
        record["why"] = edit.why
    return record


def edit_from_record(record: Record) -> Edit:
    source, text = record["source"], record.get("text", (0, 0))
    return Edit(record["op"], source[0], source[1], text[0], text[1], record.get("was"), record.get("why"))


# --- annotations -------------------------------------------------------------------------------


def annotation_to_record(annotation: Annotation) -> Record:
    """The record of `annotations/rounds/<round>/<annotator>/<id>.json`."""
    return _without_none(
        {
            "opinion": annotation.opinion,
            "text_sha256": annotation.text_sha256,
            "annotator": annotation.annotator,
            "round": annotation.round,
            "guidelines": annotation.guidelines,
            "comment": annotation.comment,
            "issues": [_issue_to_record(issue) for issue in annotation.issues],
            "spans": [span_to_record(span) for span in annotation.spans],
            "relations": [_relation_to_record(relation) for relation in annotation.relations],
        }
    )


def annotation_from_record(record: Record) -> Annotation:
    """Inverse of `annotation_to_record`."""
    return Annotation(
        opinion=record["opinion"],
        text_sha256=record["text_sha256"],
        annotator=record["annotator"],
        round=record["round"],
        guidelines=record["guidelines"],
        comment=record.get("comment"),
        issues=tuple(_issue_from_record(issue) for issue in record["issues"]),
        spans=tuple(_span_from_record(span) for span in record["spans"]),
        relations=tuple(_relation_from_record(relation) for relation in record["relations"]),
    )


def gold_to_record(gold: Gold) -> Record:
    """The record of `annotations/gold/<id>.json`."""
    return {
        "opinion": gold.opinion,
        "text_sha256": gold.text_sha256,
        "status": gold.status,
        "record": gold.record,
        "guidelines": gold.guidelines,
        "issues": [_issue_to_record(issue) for issue in gold.issues],
        "spans": [span_to_record(span) for span in gold.spans],
        "relations": [_relation_to_record(relation) for relation in gold.relations],
        "origins": [{"span": o.span, "raw": list(o.raw), "reason": o.reason} for o in gold.origins],
    }


def gold_from_record(record: Record) -> Gold:
    """Inverse of `gold_to_record`."""
    return Gold(
        opinion=record["opinion"],
        text_sha256=record["text_sha256"],
        status=record["status"],
        record=record["record"],
        guidelines=record["guidelines"],
        issues=tuple(_issue_from_record(issue) for issue in record["issues"]),
        spans=tuple(_span_from_record(span) for span in record["spans"]),
        relations=tuple(_relation_from_record(relation) for relation in record["relations"]),
        origins=tuple(Origin(o["span"], tuple(o["raw"]), o["reason"]) for o in record["origins"]),
    )


def annotator_from_record(record: Record) -> Annotator:
    return Annotator(record["id"], record["kind"], record["description"])


def span_to_record(span: Span) -> Record:
    """One span; attributes that its label does not have are left out."""
    return _without_none(
        {
            "id": span.id,
            "label": span.label,
            "start": span.start,
            "end": span.end,
            "digest": span.digest,
            "issue": span.issue,
            "speaker": span.speaker,
            "outcome": span.outcome,
            "holding_of": span.holding_of,
            "scope": span.scope,
            "disposition": span.disposition,
            "kind": span.kind,
            "unsure": span.unsure or None,
        }
    )


def _span_from_record(record: Record) -> Span:
    return Span(
        record["id"],
        record["label"],
        record["start"],
        record["end"],
        record["digest"],
        record["issue"],
        speaker=record.get("speaker"),
        outcome=record.get("outcome"),
        holding_of=record.get("holding_of"),
        scope=record.get("scope"),
        disposition=record.get("disposition"),
        kind=record.get("kind"),
        unsure=record.get("unsure", False),
    )


def _issue_to_record(issue: Issue) -> Record:
    return _without_none({"id": issue.id, "title": issue.title, "parent": issue.parent})


def _issue_from_record(record: Record) -> Issue:
    return Issue(record["id"], record["title"], record.get("parent"))


def _relation_to_record(relation: Relation) -> Record:
    return {"type": relation.type, "from": relation.source, "to": relation.target}


def _relation_from_record(record: Record) -> Relation:
    return Relation(record["type"], record["from"], record["to"])
