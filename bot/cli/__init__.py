"""The command line: one file a group of commands. Heavy libraries are imported when a command runs, not before."""

import errno
import sys
from typing import NoReturn

import click

from bot.cli.database import db
from bot.cli.feeds import feeds
from bot.cli.ledger import chats, deliveries, doctor
from bot.cli.lookups import search, timeline, upcoming, who
from bot.cli.names import names
from bot.cli.run import demo, once, preview, serve
from digests.errors import HaberdarError

_EPILOG = "Settings: config/haberdar.toml and HABERDAR_* in the environment. How to begin: README.md."


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Haberdar watches the news for names and tells people, in Telegram and Slack, where each one is mentioned."""


for command in (
    once,
    serve,
    demo,
    preview,
    who,
    search,
    timeline,
    upcoming,
    names,
    feeds,
    chats,
    deliveries,
    doctor,
    db,
):
    cli.add_command(command)


# What a person can mend at once; anything else of the operating system's is a fault of ours, and shows as one.
_THEIRS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOTDIR, errno.EIO)


def main() -> None:
    """Run the command line; an error a person caused is one line on standard error and status 2."""
    try:
        # What is no UTF-8 in an argument would stop at the first database or screen.
        status = cli.main(
            [argument.encode(errors="replace").decode() for argument in sys.argv[1:]],
            prog_name="haberdar",
            standalone_mode=False,
        )
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        _end(_in_one_line(error))
    except click.Abort:
        sys.exit(130)
    except HaberdarError as error:
        _end(str(error))
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe went away; Python would say so on the way out
        sys.exit(0)
    except OSError as error:
        if error.errno not in _THEIRS:
            raise
        _end(f"{error.filename or 'the disk'}: {error.strerror}; mend its rights, or make room")
    sys.exit(status if isinstance(status, int) else 0)


def _in_one_line(error: click.ClickException) -> str:
    said = " ".join(error.format_message().split()).rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{said}; see `{context.command_path} --help`" if context else said


def _end(said: str) -> NoReturn:
    click.echo(f"haberdar: {said}", err=True)
    sys.exit(2)
