"""Two annotators side by side: the figures, then every disagreement with its text, sorted by kind."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from arguendo.agreement import Disagreement, Double, disagreements
from arguendo.annotation import Annotation, Gold, Span
from arguendo.metrics import LabelledSpan, exact_counts, overlap_counts
from arguendo.offsets import line_and_column
from arguendo.opinion import Opinion
from arguendo.pages.body import attributes
from arguendo.pages.markup import Html, assets, document, identifier, isolated, join, tag, text
from arguendo.report import figure_words

_TITLES = {
    "label": "Another label",
    "missing": "Marked by one alone",
    "extent": "Other borders",
    "attribute": "Another attribute",
    "relation": "Another relation",
}


def agreement_page(result: Mapping[str, Any], doubles: Sequence[Double]) -> str:
    """A complete HTML document that loads nothing; the same arguments give the same characters."""
    title = f"Agreement of {' and '.join(result['annotators'])}"
    links = (
        tag("li", tag("a", isolated(each.opinion.id), href=f"#{identifier(each.opinion.id)}"))
        for each in doubles
    )
    body = tag(
        "main",
        tag("h1", isolated(title)),
        tag("p", text(f"Rounds {', '.join(result['rounds'])}; {result['opinions']} opinions.")),
        _figures(result),
        tag("nav", tag("ul", *links), aria_label="Opinions"),
        *map(_opinion, doubles),
    )
    return document(title, assets("agreement.css"), body)


def prediction_page(opinion: Opinion, gold: Gold, predicted: Sequence[LabelledSpan], system: str) -> str:
    """Gold and a system's spans of one opinion side by side: each difference with its text, by kind."""
    marked = [(span.label, span.start, span.end) for span in gold.spans]
    double = Double(opinion, (_bare(opinion, "gold", marked), _bare(opinion, system, predicted)))
    title = f"{opinion.id}: gold against {system}"
    exact, overlap = exact_counts(marked, predicted), overlap_counts(marked, predicted)
    said = (
        f"{len(marked)} spans in gold, {len(predicted)} by {system}; "
        f"{exact.matched} the same, {overlap.matched} with an intersection over union of 0.5 or more."
    )
    body = tag("main", tag("h1", isolated(title)), tag("p", text(said)), _opinion(double))
    return document(title, assets("agreement.css"), body)


def _bare(opinion: Opinion, who: str, marked: Sequence[LabelledSpan]) -> Annotation:
    """Spans without attributes, issues and relations, as an annotator's reading."""
    spans = tuple(
        Span(f"s{n}", label, start, end, "", "")
        for n, (label, start, end) in enumerate(sorted(set(marked)), 1)
    )
    return Annotation(opinion.id, "", who, "", "", (), spans, ())


def _figures(result: Mapping[str, Any]) -> Html:
    rows = [tag("tr", *(tag("th", text(name), scope="col") for name in ("measure", "of", "value", "n")))]
    for measure, by_name in result["figures"].items():
        for name, figure in by_name.items():
            value = figure_words(figure["value"])
            interval = "[{:.3f}, {:.3f}]".format(*figure["interval"]) if figure["interval"] else ""
            cells = [tag("td", text(measure)), tag("td", text(name))]
            cells.append(tag("td", text(value + " "), tag("span", text(interval), class_="interval")))
            rows.append(tag("tr", *cells, tag("td", text(f"{figure['n']:,}"), class_="count")))
    return join((tag("table", *rows), tag("p", text(result["interval"]), class_="interval")))


def _opinion(double: Double) -> Html:
    found = disagreements(double)
    sections = [
        join(
            (
                tag("h3", text(f"{_TITLES[kind]} ({len(group)})")),
                *(_pair(each, double.opinion) for each in group),
            )
        )
        for kind, each in groupby(found, key=lambda each: each.kind)
        for group in [list(each)]
    ]
    name = double.opinion.metadata.case_name or double.opinion.id
    heading = tag("h2", isolated(f"{name}: {len(found)} disagreements"), id=identifier(double.opinion.id))
    return tag("section", heading, *sections)


def _pair(each: Disagreement, opinion: Opinion) -> Html:
    line, _ = line_and_column(opinion.text, each.start)
    what = tag("div", text(f"{each.what} · line {line}"), class_="what")
    sides = zip(each.annotators, (each.first, each.second), strict=True)
    return tag("div", what, *(_side(who, spans, opinion.text) for who, spans in sides), class_="pair")


def _side(who: str, spans: Sequence[Span], whole: str) -> Html:
    name = tag("div", isolated(who), class_="who")
    if not spans:
        return tag("div", name, tag("p", text("nothing"), class_="none"), class_="side")
    shown = (
        tag(
            "div",
            tag("p", text(whole[span.start : span.end])),
            tag("p", text(", ".join(f"{n} {v}" for n, v in attributes(span))), class_="who"),
            class_=span.label,
        )
        for span in spans
    )
    return tag("div", name, *shown, class_="side")
