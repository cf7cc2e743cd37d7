from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from kernel.errors import CATALOGUE, Code
from prism_care.management.documents import DocumentCommand, cell, head

_INTRODUCTION = """
Every refusal, over HTTP, in the console and at the command line, carries one of these codes, a
sentence, next steps and a correlation id. Over HTTP:

```json
{"error": {"code": "not_found",
           "message": "There is nothing here, or nothing you may see.",
           "next_steps": [{"label": "Check the id", "action": "fix_request"}],
           "correlation_id": "req_0123456789ABCDEF"}}
```

`invalid_request` has `fields` beside these: what is wrong, by the name of the field. The message
may say more than the sentence below. A code marked **again** is worth the same request later, with
the same `Idempotency-Key` (or passes by itself, where the worker tries again); the others change
only when something else does. Every refusal of
somebody who is known is in the ledger as `refused.<code>` with its correlation id, except
rate limits and requests of a wrong method or media type.
"""


class Command(DocumentCommand):
    help = "Write docs/errors.md from the catalogue of error codes."
    document = "docs/errors.md"

    def render(self) -> str:
        sections = (f"\n## {title}\n\n{_table(codes)}" for title, codes in _by_app())
        return head("Errors", "errors_reference") + _INTRODUCTION + "".join(sections)


def _by_app() -> list[tuple[str, list[Code]]]:
    """The codes by the app whose `errors` module defines them, in the order of the floors.

    Importing the modules is what fills the catalogue. Raises LookupError for a code that is
    defined elsewhere: codes belong to the app that raises them.
    """
    found = []
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.errors") is None:
            continue
        module = import_module(f"{config.name}.errors")
        codes = [one for one in vars(module).values() if isinstance(one, Code)]
        if codes:
            title = "Every endpoint" if config.name == "kernel" else str(config.verbose_name)
            found.append((title, codes))
    lost = CATALOGUE.keys() - {one.code for _, codes in found for one in codes}
    if lost:
        raise LookupError(f"defined outside of an app's errors module: {', '.join(sorted(lost))}")
    return found


def _table(codes: list[Code]) -> str:
    lines = ["| code | HTTP | what it means | what to do |", "|---|---|---|---|"]
    lines += [f"| {_name(one)} | {one.status} | {_meaning(one)} | {_steps(one)} |" for one in codes]
    return "\n".join(lines) + "\n"


def _name(one: Code) -> str:
    again = " **again**" if one.retryable else ""
    return f'<a id="{one.code}"></a>`{one.code}`{again}'


def _meaning(one: Code) -> str:
    return cell(f"{one.message} ({one.source})" if one.source else one.message)


def _steps(one: Code) -> str:
    return cell("; ".join(step["label"] for step in one.next_steps))
