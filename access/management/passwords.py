"""Reading an operator's password: asked for on a terminal, or one line of standard input."""

import getpass
import sys

from django.core.management.base import CommandError


def read_password(*, from_stdin: bool, prompt: str = "Password: ") -> str:
    """The password; never an argument, which other users of the machine could read."""
    if from_stdin:
        try:
            return sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise CommandError("The password on standard input is not valid UTF-8.") from error
    if not sys.stdin.isatty():
        raise CommandError("No terminal to ask for the password on; use --password-stdin.")
    try:
        return getpass.getpass(prompt)
    except EOFError as error:
        raise CommandError("No password was given.") from error
