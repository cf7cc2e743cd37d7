from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from prism_care.stack.listening import reachable
from prism_care.stack.readiness import allowed_host, wait_until_ready


class Command(BaseCommand):
    help = (
        "Wait until the web server answers /readyz; exit code 1 with the reason when it does not."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", help="default: PRISM_HOST and PRISM_PORT")
        parser.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:
        host = reachable(settings.PRISM_HOST)
        host = f"[{host}]" if ":" in host else host
        url = options["url"] or f"http://{host}:{settings.PRISM_PORT}/readyz"
        try:
            name = allowed_host(",".join(settings.ALLOWED_HOSTS)) if settings.PRODUCTION else ""
            reason = wait_until_ready(url, options["timeout"], host=name)
        except ValueError as error:
            raise CommandError(f"--url {url}: {error}") from None
        if reason is not None:
            raise CommandError(f"{url} is not ready: {reason}")
        self.stdout.write(f"{url} is ready")
