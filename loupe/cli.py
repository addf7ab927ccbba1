"""The command line: one file per command in loupe/commands, gathered here.

Exit status: 0 all settled well, 1 something was parked or does not work, 2 wrong usage.
"""

import importlib
import pkgutil
import sys

import click

from loupe import commands, logs
from pipeline.errors import LoupeError, Misconfigured, Unknown, Unsuitable


class Loupe(click.Group):
    """Finds a command by its file; turns Loupe's errors into sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands."""
        return sorted(m.name.replace("_", "-") for m in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of that name."""
        if name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"loupe.commands.{name.replace('-', '_')}").command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an error that has words ends it with these words."""
        try:
            return super().invoke(ctx)
        except (Misconfigured, Unknown, Unsuitable) as fault:
            click.echo(fault.words, err=True)
            sys.exit(2)
        except LoupeError as fault:
            click.echo(fault.words, err=True)
            sys.exit(1)


@click.group(cls=Loupe, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="loupe")
def main() -> None:
    """Loupe looks at every picture posted in a Slack channel and says what it found."""
    logs.start()
