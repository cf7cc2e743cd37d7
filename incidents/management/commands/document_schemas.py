from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from incidents.documents.emit import as_json
from incidents.documents.published import PUBLISHED


class Command(BaseCommand):
    help = "Write the published JSON Schemas of the documents; --check compares instead."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=Path("docs/schemas"))
        parser.add_argument("--check", action="store_true", help="exit 1 when a file differs")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        stale = []
        for name, schema in PUBLISHED.items():
            path, text = folder / f"{name}.schema.json", as_json(schema)
            if options["check"]:
                if not path.exists() or path.read_text() != text:
                    stale.append(path.name)
                continue
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            self.stdout.write(str(path))
        if stale:
            raise CommandError(f"Not current: {', '.join(stale)}. Run manage.py document_schemas.")
