"""An opinion with its labels as one HTML page that needs nothing else.

The page can be read without its script, which only adds filters and a panel to what is there. Text
from outside is hostile: `markup` keeps it apart from markup, and the page's Content-Security-Policy
lets no script run but its own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from arguendo.annotation import LABELS, Gold, Issue, Span, issue_path
from arguendo.errors import CorpusError, Problem
from arguendo.offsets import sha256
from arguendo.opinion import Metadata, Opinion
from arguendo.pages.body import Body, Labels, attributes, heading_level
from arguendo.pages.markup import Html, assets, document, identifier, isolated, join, tag, text

# Relation type → how it reads from its source, and from its target.
PHRASES = {
    "rebuts": ("rebuts", "is rebutted by"),
    "supports": ("supports", "is supported by"),
    "decides": ("decides", "is decided by"),
    "restates": ("restates", "is restated by"),
}
_EXCERPT = 90
_QUOTATION = 280


def opinion_page(opinion: Opinion, gold: Labels) -> str:
    """The page of an opinion with the spans, relations and issues of its gold or of one annotator.

    A complete HTML document that loads nothing; the same arguments give the same characters.

    Raises:
        CorpusError: the labels were made on another text, or name spans or issues that they lack.
    """
    _check(opinion, gold)
    name = case_name(opinion.metadata) or opinion.id
    return document(
        f"{name} · {opinion.metadata.docket_as_written}",
        assets("opinion.css"),
        tag("a", text("Skip to the text"), class_="skip", href="#text"),
        _about(name, opinion, gold),
        tag("nav", _toggles(gold), _issues(gold), _outline(opinion), aria_label="Labels, issues, outline"),
        tag(
            "main",
            tag("article", Body(opinion, gold).render(), id="text", tabindex=-1),
            _list(opinion, gold),
        ),
        _panel(),
        script=assets("opinion.js"),
    )


def _about(name: str, opinion: Opinion, labels: Labels) -> Html:
    meta = opinion.metadata
    if isinstance(labels, Gold):
        status, origin = labels.status, labels.record
    else:
        status = "one annotator’s reading"
        origin = f"{labels.annotator}, round {labels.round}"
        origin += f". {labels.comment}" if labels.comment else ""
    facts = [
        ("Court", isolated(meta.court)),
        ("Docket", isolated(meta.docket_as_written)),
        ("Date", isolated(meta.date)),
        *([("Author", isolated(meta.author))] if meta.author else []),
        *([("Judges", isolated(", ".join(meta.judges)))] if meta.judges else []),
        ("Opinion", isolated(opinion.id)),
        ("Text", tag("span", text(f"SHA-256 {labels.text_sha256[:12]}"), title=labels.text_sha256)),
        ("Guidelines", isolated(labels.guidelines)),
        ("Labels", join((tag("strong", isolated(status), class_="status"), text(" "), isolated(origin)))),
    ]
    return tag("header", tag("h1", isolated(name)), _facts(facts), class_="about")


def _toggles(labels: Labels) -> Html:
    counts = Counter(span.label for span in labels.spans)
    rows = (
        tag(
            "label",
            tag("input", type="checkbox", name="label", value=label, checked="", autocomplete="off"),
            tag("span", text(label.lower()), class_="name", data_label=label),
            tag("span", text(str(counts[label])), class_="count"),
        )
        for label in LABELS
    )
    hint = tag("p", text("Choose a marked passage to see what it is and what answers it."), class_="hint")
    return tag("section", tag("h2", text("Labels")), *rows, hint, class_="toggles")


def _issues(labels: Labels) -> Html:
    """The tree of issues; counts take in the issues below."""
    lines = {issue.id: _lineage(labels.issues, issue.id) for issue in labels.issues}
    counts = Counter((at, span.label) for span in labels.spans for at in lines[span.issue])

    def item(issue: Issue, below: Html) -> Html:
        shares = join(
            tag("span", text(f"{label[0]} {counts[issue.id, label]}"), data_label=label, title=label)
            for label in LABELS
            if counts[issue.id, label]
        )
        link = tag(
            "a", isolated(issue.title), href=f"#issue-{identifier(issue.id)}", data_issue=identifier(issue.id)
        )
        inner = tag("ul", below) if below else below
        return tag("li", link, text(" "), tag("span", shares, class_="counts"), inner)

    return _folding("Issues", tag("ul", _tree(labels.issues, item), class_="issues"))


def _outline(opinion: Opinion) -> Html:
    """Headings, and where there are several, the sub-opinions."""

    def entry(words: str, index: int, level: int) -> Html:
        return tag("li", tag("a", isolated(words), href=f"#block-{index}"), class_=f"level-{level}")

    several = len(opinion.sub_opinions) > 1
    begins = {each.start: each for each in opinion.sub_opinions} if several else {}
    entries = []
    for index, block in enumerate(opinion.blocks):
        if block.kind != "footnote" and (part := begins.pop(block.start, None)):
            kind = part.kind.replace("_", " ").capitalize()
            entries.append(entry(f"{kind}: {part.author}" if part.author else kind, index, 1))
        if block.kind == "heading":
            words = " ".join(opinion.text[block.start : block.end].split())
            entries.append(entry(words, index, heading_level(block)))
    entries.append(tag("li", tag("a", text("Spans by issue"), href="#spans"), class_="level-1"))
    return _folding("Outline", tag("ul", *entries, class_="outline"))


def _folding(title: str, content: Html) -> Html:
    return tag("details", tag("summary", tag("h2", text(title))), content, open="")


def _list(opinion: Opinion, labels: Labels) -> Html:
    """All spans by issue, with what joins them; the panel shows parts of this."""
    spans = sorted(labels.spans, key=lambda span: (span.start, -span.end))

    def section(issue: Issue, below: Html) -> Html:
        cards = (_card(opinion.text, labels, span) for span in spans if span.issue == issue.id)
        title = tag("h3", isolated(issue.title), id=f"issue-{identifier(issue.id)}")
        return tag("section", title, *cards, below)

    sections = _tree(labels.issues, section)
    return tag("section", tag("h2", text("Spans by issue")), sections, id="spans")


def _card(canonical: str, labels: Labels, span: Span) -> Html:
    path = " › ".join(issue_path(labels.issues, span.issue))
    origins = labels.origins if isinstance(labels, Gold) else ()
    facts = [(name, isolated(value)) for name, value in attributes(span)]
    facts.append(("issue", isolated(path)))
    facts.append(("offsets", text(f"{span.start:,}–{span.end:,}")))
    facts += [("from", isolated(f"{', '.join(o.raw)}: {o.reason}")) for o in origins if o.span == span.id]
    return tag(
        "article",
        tag(
            "p",
            tag("span", text(span.label.lower()), class_="name", data_label=span.label),
            text(" "),
            _jump(span, isolated(span.id)),
            class_="what",
        ),
        tag("blockquote", isolated(_excerpt(canonical, span, _QUOTATION))),
        _facts(facts),
        _links(canonical, labels, span),
        id=f"span-{identifier(span.id)}",
        class_="card",
        data_span=identifier(span.id),
        data_label=span.label,
        data_issues=" ".join(map(identifier, _lineage(labels.issues, span.issue))),
        data_excerpt=_excerpt(canonical, span, _EXCERPT),
    )


def _links(canonical: str, labels: Labels, span: Span) -> Html:
    """The relations of a span, in both directions, each a link to the span at its other end."""
    by_id = {each.id: each for each in labels.spans}
    rows = [
        (phrase, by_id[other])
        for relation in labels.relations
        for phrase, own, other in zip(
            PHRASES[relation.type],
            (relation.source, relation.target),
            (relation.target, relation.source),
            strict=True,
        )
        if own == span.id
    ]
    rows.sort(key=lambda row: (row[0], row[1].start))
    items = (
        tag(
            "li",
            tag("span", text(phrase), class_="phrase"),
            text(" "),
            _jump(other, _entry(canonical, other)),
        )
        for phrase, other in rows
    )
    return tag("ul", *items, class_="links") if rows else join(())


def _entry(canonical: str, span: Span) -> Html:
    label = tag("span", text(span.label.lower()), class_="name", data_label=span.label)
    quotation = tag("q", isolated(_excerpt(canonical, span, _EXCERPT)))
    return join((label, text(" "), isolated(span.id), text(" "), quotation))


def _jump(span: Span, content: Html) -> Html:
    return tag("a", content, href=f"#at-{identifier(span.id)}", data_jump=identifier(span.id))


def _panel() -> Html:
    hint = "Click a marked passage, or move with Tab and press Enter: here you see what it is, "
    hint += "what it answers and what answers it."
    filtered = tag(
        "p",
        text("Only: "),
        tag("b"),
        text(" "),
        tag("button", text("show all")),
        class_="filter",
        hidden="",
    )
    head = tag(
        "div",
        tag("h2", text("Details"), tabindex=-1, aria_live="polite"),
        tag("button", text("×"), class_="close", aria_label="Close the details"),
        class_="head",
    )
    return tag(
        "aside",
        head,
        filtered,
        tag("p", text(hint), class_="hint"),
        tag("div", class_="list"),
        id="details",
        aria_label="Details",
    )


def _facts(facts: Iterable[tuple[str, Html]]) -> Html:
    return tag("dl", *(tag("div", tag("dt", text(name)), tag("dd", value)) for name, value in facts))


def _excerpt(canonical: str, span: Span, length: int) -> str:
    words = " ".join(canonical[span.start : span.end].split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def _lineage(issues: Sequence[Issue], issue: str) -> list[str]:
    """Ids from the root of the tree down to an issue."""
    parents = {each.id: each.parent for each in issues}
    line = [issue]
    while (parent := parents[line[0]]) is not None:
        line.insert(0, parent)
    return line


def _tree(issues: Sequence[Issue], item: Callable[[Issue, Html], Html], parent: str | None = None) -> Html:
    """Every issue as an item that holds the issues below it."""
    return join(item(each, _tree(issues, item, each.id)) for each in issues if each.parent == parent)


def case_name(metadata: Metadata) -> str | None:
    """The case's name, or the first party of each side."""
    if metadata.case_name:
        return metadata.case_name
    first = {party.side: party.name for party in reversed(metadata.parties)}
    if "plaintiff_side" in first and "defendant_side" in first:
        return f"{first['plaintiff_side']} v. {first['defendant_side']}"
    return None


def _check(opinion: Opinion, labels: Labels) -> None:
    """Refuse labels that the page could not show truly."""
    issues, spans = {issue.id for issue in labels.issues}, {span.id for span in labels.spans}
    wrong = []
    if labels.opinion != opinion.id or labels.text_sha256 != sha256(opinion.text):
        wrong.append("they were made on another text")
    if any(span.issue not in issues for span in labels.spans):
        wrong.append("a span names an issue that is not listed")
    if any(issue.parent not in {None, *issues} for issue in labels.issues):
        wrong.append("an issue names a parent that is not listed")
    if any(not {relation.source, relation.target} <= spans for relation in labels.relations):
        wrong.append("a relation names a span that is not there")
    if wrong:
        hint = "Run `arguendo validate` for each place"
        raise CorpusError(Problem(opinion.id, "labels", f"labels: {what}", hint) for what in wrong)
