"""Commands answer a refusal with its sentence and exit code 1, never with a traceback, and leave
the same trace in the ledger as a refusal over HTTP."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.db import OperationalError, ProgrammingError

from kernel.api.exceptions import record_refusal
from kernel.errors import CareError
from kernel.principals import Principal, SystemPrincipal

COMMAND_LINE = SystemPrincipal("manage.py")


@contextmanager
def refusals_as_command_errors(by: Principal = COMMAND_LINE, **data: Any) -> Iterator[None]:
    """`by` is who was refused, as far as the command knows; `data` goes into the ledger."""
    try:
        yield
    except CareError as error:
        record_refusal(error, by, path=" ".join(sys.argv[1:3]), **data)
        parts = [f"{error.code}: {error.message}"]
        parts += [
            f"  {name}: {' '.join(map(str, texts))}" for name, texts in (error.fields or {}).items()
        ]
        parts += [f"  Next: {step['label']}" for step in error.next_steps]
        raise CommandError("\n".join(parts)) from error
    except (OperationalError, ProgrammingError) as error:
        raise CommandError(
            f"The database refused: {str(error).strip()}\nIs it migrated? Run manage.py migrate."
        ) from error
    except UnicodeEncodeError as error:
        # A terminal can hand over bytes that are no text; no database stores what Python makes
        # of them.
        raise CommandError("An argument is not valid UTF-8 text.") from error
