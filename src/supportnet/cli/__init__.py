"""The command line: one verb per library function, argument parsing only."""

from supportnet.cli.verbs import cli, main

__all__ = ["cli", "main"]
