"""What a classifier is shown of an example: named texts, of the example and of what stands around it."""

from collections.abc import Callable, Sequence
from itertools import groupby

from arguendo.baselines.cue_phrases import cued
from arguendo.tasks import Example

WORDY = ("text", "before", "after", "context")
Fields = dict[str, str]
"""Named texts of an example: those of `WORDY` are prose, others are facts, apart by spaces."""


def _sentences(examples: Sequence[Example]) -> list[Fields]:
    """Each sentence, those beside it, the cue phrases of all three, and where in its opinion it stands."""
    found = []
    for _, group in groupby(examples, key=lambda example: example["opinion"]):
        texts = ["", *(example["text"] for example in group), ""]
        last = len(texts) - 2
        for place in range(1, last + 1):
            before, text, after = texts[place - 1 : place + 2]
            facts = f"at{10 * (place - 1) // last} long{min(len(text) // 50, 8)}"
            for where, sentence in (("", text), ("before", before), ("after", after)):
                facts += "".join(f" {where}cue{label}" for label in cued(sentence))
            found.append({"text": text, "before": before, "after": after, "facts": facts})
    return found


def _arguments(examples: Sequence[Example]) -> list[Fields]:
    """The argument, who makes it, its issue, and the end of what comes before it."""
    return [
        {
            "text": each["text"],
            "context": each["context"][-2_000:],
            "facts": f"{each['speaker']} {' '.join(' '.join(each['issue']).lower().split())}",
        }
        for each in examples
    ]


def _holdings(examples: Sequence[Example]) -> list[Fields]:
    return [{"text": each["text"], "facts": each["holding_of"]} for each in examples]


FIELDS: dict[str, Callable[[Sequence[Example]], list[Fields]]] = {
    "sentence-roles": _sentences,
    "argument-outcome": _arguments,
    "holding-disposition": _holdings,
}
