"""One court's written decision: metadata, canonical text and stand-off structure. No I/O.

All offsets are code points into `Opinion.text`, half-open (see `offsets`).
"""

from dataclasses import dataclass

from arguendo.sourcemap import SourceMap

BLOCK_KINDS = (
    "caption",
    "heading",
    "paragraph",
    "block_quote",
    "list_item",
    "footnote",
    "signature",
)
CAPTION_PARTS = (
    "court",
    "parties",
    "docket",
    "title",
    "author",
    "date",
    "counsel",
    "judges",
    "citation",
    "summary",
)
EMPHASIS_KINDS = ("italic", "bold")
CITATION_KINDS = ("case", "statute", "rule", "journal", "record", "unknown")
CITATION_FORMS = ("full", "short", "supra", "id")
SUB_OPINION_KINDS = (
    "majority",
    "plurality",
    "per_curiam",
    "concurrence",
    "concurrence_and_dissent",
    "dissent",
    "separate",
)
SIDES = ("plaintiff_side", "defendant_side", "other")


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes an opinion was converted from. `bytes` counts them, `sha256` is over them.

    Where they are no text (PDF), `encoding` is "glyphs": the source map is over the list of glyphs,
    and `glyphs_sha256` is over that in UTF-8.
    """

    file: str
    sha256: str
    bytes: int
    encoding: str
    format: str
    glyphs_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A party as the caption names it: `role` is the caption's word, `side` what it comes to."""

    name: str
    role: str
    side: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the opinion says of itself, read from its text.

    `court` is a courts-db / CourtListener id; `docket` is normalised (`18-cv-02897`) and
    `docket_as_written` is not; `date` is ISO 8601; `author` is the court's opinion's, `judges` are
    the names of those who sat, where the caption lists them.
    """

    court: str
    docket: str
    docket_as_written: str
    date: str
    title: str | None
    author: str | None
    parties: tuple[Party, ...]
    case_name: str | None = None
    judges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an opinion apart from its text: from its container, or from the user.

    `court` is a courts-db id or a court's name; `docket` is as written; `date` is ISO 8601.
    """

    court: str | None = None
    docket: str | None = None
    date: str | None = None
    author: str | None = None
    case_name: str | None = None

    def over(self, other: "Facts") -> "Facts":
        """These facts, and where there are none, those of `other`."""
        return Facts(
            self.court or other.court,
            self.docket or other.docket,
            self.date or other.date,
            self.author or other.author,
            self.case_name or other.case_name,
        )


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text with a function on the page. Blocks are in text order and nest or are apart.

    `part` is for captions; `level` (1 is the top) and `label` ("II.") for headings; `number` and
    `anchor` for footnotes, where `anchor` is the offset at which the mark stood in the body.
    `continues` marks a paragraph that runs on after the block quotation inside it, and a footnote's
    further paragraphs.
    """

    kind: str
    start: int
    end: int
    part: str | None = None
    level: int | None = None
    label: str | None = None
    number: str | None = None
    anchor: int | None = None
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Emphasis:
    """A stretch that the source sets in italics or bold."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence; never crosses the edge of a block."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation from the case name (or volume) to the end of its pin cite or court and year.

    Explanatory parentheticals stay outside; a citation in one is a citation of its own.
    `normalised` names what is cited ("616 F.3d 158", "Dkt. 59"), also for short forms and *id.*
    once resolved; `pin` is the pin cite as written; `antecedent` is the index, in the opinion's
    citations, of the full citation that a short form or *id.* refers to.
    """

    kind: str
    form: str
    start: int
    end: int
    normalised: str | None = None
    pin: str | None = None
    antecedent: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The page of the source called `number` begins at `start`."""

    number: str
    start: int


@dataclass(frozen=True, slots=True)
class SubOpinion:
    """A sub-opinion: one judge's or the court's words, without caption, syllabus and footnotes.

    A footnote belongs to the part that holds its anchor. `majority` is the court's opinion, also
    where one judge sits; `separate` is another of which the text does not say what it does.
    """

    kind: str
    author: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a sub-opinion begins, as the source's markup declares it."""

    kind: str
    start: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of a source: everything that only the source's format can tell."""

    text: str
    blocks: tuple[Block, ...]
    emphasis: tuple[Emphasis, ...]
    pages: tuple[Page, ...]
    source_map: SourceMap
    facts: Facts = Facts()
    openings: tuple[Opening, ...] = ()


@dataclass(frozen=True, slots=True)
class Opinion:
    """A decision in canonical form. `id` is `<court>.<docket>.<date>`."""

    id: str
    metadata: Metadata
    source: Source
    text: str
    sub_opinions: tuple[SubOpinion, ...]
    blocks: tuple[Block, ...]
    emphasis: tuple[Emphasis, ...]
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    pages: tuple[Page, ...]
    source_map: SourceMap
