import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from prism_care.demo.__main__ import main


class Command(BaseCommand):
    help = "The demo, as `make demo` runs it: one report to one filed issue, in a temporary folder."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--github-stand-in", action="store_true")
        parser.add_argument("--keep-env", action="store_true")
        parser.add_argument("--keep-folder", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        flags = ("github_stand_in", "keep_env", "keep_folder")
        chosen = [f"--{flag.replace('_', '-')}" for flag in flags if options[flag]]
        if code := main(chosen):
            sys.exit(code)
