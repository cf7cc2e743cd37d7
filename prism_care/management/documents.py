"""Pages of `docs/` that are written by a command from the code they describe."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class DocumentCommand(BaseCommand, ABC):
    """Writes the page that `render` returns to `document`, a path below the project."""

    requires_system_checks = ()
    document: ClassVar[str]

    @abstractmethod
    def render(self) -> str:
        """The whole page; the same text every time the code is the same."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; exit 1 when the page is stale"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / self.document
        text = self.render()
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                raise CommandError(f"{self.document} is stale; run this command without --check.")
            self.stdout.write(f"{self.document} is current")
            return
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{self.document} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"{self.document} written")


def head(title: str, command: str) -> str:
    """The title, and the line that keeps people from editing a page that is written anew."""
    return (
        f"# {title}\n\n<!-- Written by `manage.py {command}`; edit the code, not this page. -->\n"
    )


def cell(text: str) -> str:
    """`text` in one cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")
