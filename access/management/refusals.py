"""Commands answer a refusal with its sentence and exit code 1, never with a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from kernel.errors import CareError


@contextmanager
def refusals_as_command_errors() -> Iterator[None]:
    try:
        yield
    except CareError as error:
        parts = [f"{error.code}: {error.message}"]
        parts += [
            f"  {name}: {' '.join(map(str, texts))}" for name, texts in (error.fields or {}).items()
        ]
        parts += [f"  Next: {step['label']}" for step in error.next_steps]
        raise CommandError("\n".join(parts)) from error
