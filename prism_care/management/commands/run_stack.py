import sys
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from prism_care.demo.data import OPERATOR, DemoData
from prism_care.stack import banner, first_run
from prism_care.stack.listening import CannotListen, address_of, bind
from prism_care.stack.lock import FolderInUse, lock_folder
from prism_care.stack.prepare import (
    prepare_database,
    prepare_folder,
    require_allowed,
    require_broker,
    where_issues_go,
)
from prism_care.stack.programs import programs
from prism_care.stack.readiness import wait_until_ready
from prism_care.stack.supervisor import Supervisor

_READY_SECONDS = 60.0


class Command(BaseCommand):
    help = "Run web server, worker and beat from one terminal, on SQLite, until Ctrl-C."
    # They run below, with the database's, once the data folder is there.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "run_stack makes demo accounts and is for PRISM_MODE=embedded. "
                "In production start the programs as deploy/ does."
            )
        folder = prepare_folder()
        try:
            lock = lock_folder(folder)
            listener = bind(settings.PRISM_HOST, settings.PRISM_PORT)
        except (FolderInUse, CannotListen) as error:
            raise CommandError(str(error)) from None
        address = address_of(listener)
        require_allowed(address)
        self.stdout.write(f"stack  | preparing {folder}")
        self.stdout.flush()
        require_broker()
        data = prepare_database(folder)
        connections.close_all()  # the supervisor itself needs no database
        first_run.remember(folder, address=address, operator=OPERATOR, agent_key=data.agent_key)
        supervisor = Supervisor(
            programs(listener.fileno()), sys.stdout.buffer, settings.BASE_DIR, held=(lock,)
        )

        shown = threading.Event()

        def welcome() -> None:
            listener.close()  # every program is started; only they may hold the port now
            reason = wait_until_ready(f"{address}/readyz", _READY_SECONDS)
            if reason is None:
                supervisor.show(_banner(address, data))
                shown.set()
            else:
                supervisor.stop(f"not ready after {_READY_SECONDS:.0f} seconds: {reason}", 1)

        code = supervisor.run(started=welcome)
        if data.password and not shown.is_set():
            # The account is made; without this line nobody would ever know its password.
            self.stderr.write(f"The account {OPERATOR} was made, password: {data.password}")
        if code:
            sys.exit(code)


def _banner(address: str, data: DemoData) -> str:
    return banner.render(
        banner.Welcome(
            address=address,
            operator=OPERATOR,
            password=data.password,
            agent_key=data.agent_key,
            issues=where_issues_go(),
        )
    )
