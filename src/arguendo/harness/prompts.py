"""Examples → prompts, and completions → predictions, for the four tasks that suit a prompt.

A completion is never refused: what cannot be read as an answer is the answer that says least, so
that every example has a prediction and the scorer's rules hold.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from arguendo.annotation import DISPOSITIONS, LABELS, OUTCOMES
from arguendo.tasks import OUTPUTS, Example, Prediction

_NEIGHBOURS = 2
_LABELS = """\
ARGUMENT: a position with its grounds that the opinion attributes to a party or amicus.
HOLDING: a determination of a question of this case, or of the motion or appeal itself.
REBUTTAL: reasoning that says why a particular argument of a party fails."""


def prompts(task: str, examples: Sequence[Example]) -> list[str]:
    """A prompt for each example, in their order; sentences are shown with those beside them."""
    return _TASKS[task].ask(examples)


def prediction(task: str, example: Example, completion: str) -> Prediction:
    """What a model's answer to an example's prompt comes to."""
    return {"id": example["id"], OUTPUTS[task]: _TASKS[task].read(example, completion)}


def _ask_roles(examples: Sequence[Example]) -> list[str]:
    found = []
    for at, example in enumerate(examples):
        beside = [
            (each["text"], each is example)
            for each in examples[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS + 1]
            if each["opinion"] == example["opinion"]
        ]
        shown = "\n".join(f">>> {text} <<<" if own else text for text, own in beside)
        found.append(
            "A sentence of a US court opinion can have these labels, several or none:\n"
            f"{_LABELS}\n\n{shown}\n\n"
            "Which labels has the sentence between >>> and <<<? Answer with their names, or NONE.\nAnswer:"
        )
    return found


def _read_roles(example: Example, completion: str) -> list[str]:
    return [label for label in LABELS if re.search(rf"\b{label}\b", completion, re.IGNORECASE)]


def _ask_link(examples: Sequence[Example]) -> list[str]:
    return [
        "In a US court opinion these arguments of parties stand:\n\n"
        + "\n".join(f"[{n}] {candidate['text']}" for n, candidate in enumerate(example["candidates"], 1))
        + f"\n\nThis passage answers one or more of them:\n\n{example['rebuttal']['text']}\n\n"
        "Which? Answer with their numbers, the likeliest first.\nAnswer:"
        for example in examples
    ]


def _read_link(example: Example, completion: str) -> list[str]:
    ids = [candidate["id"] for candidate in example["candidates"]]
    numbers = [int(digits) for digits in re.findall(r"\d{1,6}", completion)]
    return list(dict.fromkeys(ids[n - 1] for n in numbers if 1 <= n <= len(ids)))


def _ask_outcome(examples: Sequence[Example]) -> list[str]:
    return [
        f"A US court opinion begins:\n\n{example['context']}\n\n"
        f"The {example['speaker'].replace('_', ' ')} argues on the question "
        f"“{' › '.join(example['issue'])}”:\n\n{example['text']}\n\n"
        f"What does the court make of this argument? Answer with one of: {', '.join(OUTCOMES)}.\nAnswer:"
        for example in examples
    ]


def _ask_disposition(examples: Sequence[Example]) -> list[str]:
    return [
        f"A US court opinion reports a determination ({example['holding_of'].replace('_', ' ')}):\n\n"
        f"{example['text']}\n\n"
        f"What is its disposition? Answer with one of: {', '.join(DISPOSITIONS)}.\nAnswer:"
        for example in examples
    ]


def _value(values: Sequence[str], otherwise: str) -> Callable[[Example, str], str]:
    """Reads the value that is named first, with spaces or hyphens for underscores."""
    ways = {value: re.compile(rf"\b{value.replace('_', '[ _-]')}\b", re.IGNORECASE) for value in values}

    def read(example: Example, completion: str) -> str:
        found = [(match.start(), value) for value, way in ways.items() if (match := way.search(completion))]
        return min(found)[1] if found else otherwise

    return read


class _Task(NamedTuple):
    ask: Callable[[Sequence[Example]], list[str]]
    read: Callable[[Example, str], Any]


_TASKS = {
    "sentence-roles": _Task(_ask_roles, _read_roles),
    "rebuttal-linking": _Task(_ask_link, _read_link),
    "argument-outcome": _Task(_ask_outcome, _value(OUTCOMES, "not_reached")),
    "holding-disposition": _Task(_ask_disposition, _value(DISPOSITIONS, "other")),
}
PROMPTED = tuple(_TASKS)
