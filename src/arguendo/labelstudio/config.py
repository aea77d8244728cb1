"""The labelling config of Label Studio, generated from the label inventory.

Names of its controls: `label`, `<label>_<attribute>` for each attribute of a label, `issue` and
`issue_other` for the issue of a region, `unsure`, and for the whole opinion `issues` and `comment`.
"""

from importlib.resources import files
from xml.etree import ElementTree

from arguendo.annotation import LABELS, RELATIONS

TEXT = "text"
LABEL = "label"
ISSUE = "issue"
ISSUE_OTHER = "issue_other"
UNSURE = "unsure"
NOT_SURE = "not sure"
_SURE = "sure"
ISSUES = "issues"
COMMENT = "comment"

_Element = ElementTree.Element

# Colours that also differ for colour-blind eyes, as on the opinion page; hotkeys of the labels.
_COLOURS = {"ARGUMENT": "#a66a00", "HOLDING": "#0072b2", "REBUTTAL": "#b0508a"}
_LABEL_KEYS = {"ARGUMENT": "1", "HOLDING": "2", "REBUTTAL": "3"}
# One row of the keyboard for each of a label's attributes. None of them is a key of Label Studio's own.
_ROWS = ("qwert", "asdfg", "zxcvbnm,.;-=")


def labelling_config() -> str:
    """The config as XML, the same for every project."""
    view = _Element("View")
    style = files("arguendo.labelstudio").joinpath("page.css").read_text("utf-8")
    _add(view, "Style").text = f"\n{style}"
    labels = _add(_add(view, "View", className="bar"), "Labels", name=LABEL, toName=TEXT, showInline="true")
    for label in LABELS:
        _add(labels, "Label", value=label, background=_COLOURS[label], hotkey=_LABEL_KEYS[label])
    columns = _add(view, "View", className="columns")
    page = _add(columns, "View", className="page")
    fields = _add(columns, "View", className="fields")
    for label, attributes in LABELS.items():
        for (attribute, values), keys in zip(attributes.items(), _ROWS, strict=False):
            where = {"whenTagName": LABEL, "whenLabelValue": label}
            choices = _of_region(fields, "Choices", control(label, attribute), attribute, **where)
            for value, key in zip(values, keys, strict=False):
                _add(choices, "Choice", value=value, hotkey=key)
    _of_region(fields, "Choices", ISSUE, "issue", value="$headings")
    _of_region(fields, "TextArea", ISSUE_OTHER, "or another issue", maxSubmissions="1", editable="true")
    unsure = _of_region(fields, "Choices", UNSURE, "are you sure?")
    for value, key in ((_SURE, "8"), (NOT_SURE, "9")):
        _add(unsure, "Choice", value=value, hotkey=key)
    relations = _add(view, "Relations")
    for relation in RELATIONS:
        _add(relations, "Relation", value=relation)
    _add(page, "HyperText", name=TEXT, value="$html", inline="true", granularity="symbol")
    _of_the_opinion(page, ISSUES, "Issues that no heading names, one a line: id = title", "6")
    _of_the_opinion(page, COMMENT, "Comment on the opinion", "2")
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def same_controls(config: str) -> bool:
    """Whether a config asks the same things as this version's, whatever it looks like."""
    try:
        return _controls(config) == _controls(labelling_config())
    except ElementTree.ParseError:
        return False


def _controls(config: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Tags and attributes in order, without what is only for the eye."""
    shown = ("className", "background", "hotkey", "rows", "placeholder")
    return [
        (each.tag, sorted((name, value) for name, value in each.items() if name not in shown))
        for each in ElementTree.fromstring(config).iter()
        if each.tag not in ("Style", "Header", "View")
    ]


def control(label: str, attribute: str) -> str:
    """Name of the control of a label's attribute."""
    return f"{label.lower()}_{attribute}"


def _of_region(parent: _Element, tag: str, name: str, title: str, **options: str) -> _Element:
    """A control that is shown, under a title, while a region is selected."""
    where = {key: value for key, value in options.items() if key.startswith("when")}
    shown = _add(parent, "View", className="field", visibleWhen="region-selected", **where)
    _add(shown, "Header", value=title.replace("_", " "), size="6")
    if tag == "Choices":
        options = {"choice": "single", **options}
    return _add(shown, tag, name=name, toName=TEXT, perRegion="true", **options)


def _of_the_opinion(view: _Element, name: str, title: str, rows: str) -> None:
    _add(view, "Header", value=title, size="5")
    _add(view, "TextArea", name=name, toName=TEXT, rows=rows, maxSubmissions="1", editable="true")


def _add(parent: _Element, tag: str, **attributes: str) -> _Element:
    return ElementTree.SubElement(parent, tag, attributes)
