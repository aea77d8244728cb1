"""What can be wrong with data or usage, as values; the one exception that reaches a user."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, where it is, and how to mend it.

    `where` is a file, with `#` and a JSON pointer (RFC 6901) or `:` and a line behind it.
    `code` is a slug that never changes its meaning; problems sort by `by_place`.
    """

    where: str
    code: str
    message: str
    hint: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.where}: {self.severity} {self.code}: {self.message}. {self.hint}"


class CorpusError(Exception):
    """Carries every problem found, not the first one."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=by_place)
        super().__init__("\n".join(map(str, self.problems)))


def by_place(problem: Problem) -> tuple[str, Problem]:
    """What problems are sorted by: line 2 is before line 10."""
    return re.sub("[0-9]+", lambda number: number[0].zfill(20), problem.where), problem


class UsageError(CorpusError):
    """The command was called wrongly (a file that is not there, a name that is not known)."""


def fail(where: str, code: str, message: str, hint: str) -> CorpusError:
    """A `CorpusError` with one problem, to be raised."""
    return CorpusError([Problem(where, code, message, hint)])


def refuse(problems: Iterable[Problem]) -> None:
    """Raise a `CorpusError` with those problems that are errors, if any is; warnings are let pass."""
    if errors := [each for each in problems if each.severity == "error"]:
        raise CorpusError(errors)


def misuse(where: str, message: str, hint: str) -> UsageError:
    """A `UsageError` with one problem, to be raised."""
    return UsageError([Problem(where, "usage", message, hint)])
