"""The last door of the command line: every failure leaves as one sentence with an exit code.

A traceback may show what somebody wrote, so none is printed unless `--debug` asks for it.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click
import duckdb
import pyarrow as pa

from supportnet.errors import DatasetError, InputError, RefusedError, SupportnetError

__all__ = ["Door"]

# What the readers of parquet files say about a damaged one; their other complaints are our bugs.
_DAMAGE = re.compile(
    r"parquet|magic bytes|corrupt|decompress|could not read enough bytes|TProtocol|TType"
    r"|don't know what type",
    re.IGNORECASE,
)


class Door(click.Group):
    """A group of commands that exits with 0 for success, 2 for bad input or usage, 1 for a bug.

    Parameters
    ----------
    more
        Module with further commands, loaded when one of them is asked for: an import of gigabytes
        needs the memory that statistics and plots would take.
    """

    def __init__(self, *args: Any, more: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._more = more

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loading the module of the others where it is none of the first."""
        found = super().get_command(ctx, cmd_name)
        if found is None:
            import_module(self._more)
            found = super().get_command(ctx, cmd_name)
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        import_module(self._more)
        return super().list_commands(ctx)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - the signature of click
        **extra: Any,
    ) -> Any:
        """Run the command line; in standalone mode leave the process with its exit code."""
        given = sys.argv[1:] if args is None else list(args)
        if not standalone_mode:
            return super().main(given, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            code = super().main(given, prog_name, complete_var, standalone_mode=False, **extra)
        except click.ClickException as error:
            error.show()
            sys.exit(2)
        except click.Abort:
            click.echo("supportnet: stopped; the dataset is as it was before.", err=True)
            sys.exit(2)
        except Exception as error:  # noqa: BLE001 - a bug must not print personal data
            _leave(error, debug="--debug" in given)
        sys.exit(code if isinstance(code, int) else 0)


def _leave(error: Exception, *, debug: bool) -> NoReturn:
    """Say what happened in one sentence, or in one for each source refused, and leave."""
    told = _told(error)
    if debug:
        traceback.print_exception(error)
    for sentence in told.sentences if isinstance(told, RefusedError) else [str(told)]:
        click.echo(f"supportnet: {sentence}", err=True)
    sys.exit(told.exit_code)


def _told(error: Exception) -> SupportnetError:
    """Turn any exception into one that may be shown."""
    if isinstance(error, SupportnetError):
        return error
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError):
        return InputError(
            "more memory was expected for data of this size; found too little; close other "
            "programs, or give more with SUPPORTNET_MEMORY=8GB."
        )
    if isinstance(error, duckdb.Error | pa.ArrowInvalid) and _DAMAGE.search(str(error)):
        return DatasetError(
            "tables that can be read were expected in the dataset; found a damaged one; restore "
            "the dataset from a backup or import the archives again."
        )
    if isinstance(error, OSError):
        return InputError(
            "files and folders that can be read and written were expected; the system said "
            f"{error.strerror or type(error).__name__!r}; check the paths and their permissions."
        )
    return SupportnetError(
        f"an error of ours ({type(error).__name__}), not yours; please report it with the version "
        "and what you typed; supportnet --debug shows more, but never send that on: it may hold "
        "personal data."
    )
