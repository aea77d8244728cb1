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
    `code` is a slug that never changes its meaning; problems sort by place, then code.
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
        self.problems = sorted(problems, key=_by_place)
        super().__init__("\n".join(map(str, self.problems)))


def _by_place(problem: Problem) -> tuple[list[str | int], Problem]:
    """Line 2 before line 10."""
    parts = re.split("([0-9]+)", problem.where)
    return [int(part) if index % 2 else part for index, part in enumerate(parts)], problem


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
