from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.duties import run_duties


class Command(BaseCommand):
    help = "One pass of every periodic duty, in the foreground."

    def handle(self, *args: Any, **options: Any) -> None:
        results = run_duties()
        for result in results:
            state = "failed" if result.failed else f"{result.done} done"
            self.stdout.write(f"{result.name}: {state} ({result.elapsed_ms} ms)")
        if any(result.failed for result in results):
            raise CommandError("a duty failed; the log says why")
