"""What commands share: how one is added to `arguendo`, and the store that they work on."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from arguendo.store import Store

Add = Callable[[str, Any, str, str], argparse.ArgumentParser]


def adder(commands: Any, prefix: str) -> Add:
    """What adds a command to a subparsers action: by its name, what runs it, what it does, an example.

    `prefix` is what stands before an example on the command line.
    """

    def add(name: str, run: Any, what: str, example: str) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = commands.add_parser(
            name,
            help=what,
            description=what[0].upper() + what[1:] + ".",
            epilog=f"example: {prefix} {example}",
        )
        command.set_defaults(command=run)
        return command

    return add


def working_store() -> "Store":
    """The corpus and annotations below the working folder."""
    from arguendo.store import Store  # here, so that `arguendo --help` is quick

    return Store(Path())
