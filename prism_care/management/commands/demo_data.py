from typing import Any

from django.core.management.base import BaseCommand

from access.management.refusals import refusals_as_command_errors
from prism_care.demo.data import AGENT, CUSTOMER, HOME, OPERATOR, make_demo_data


class Command(BaseCommand):
    help = "Make the demo's desk, customer project, agent and operator; prints a new agent key."

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_as_command_errors():
            data = make_demo_data()
        self.stdout.write(f"home project  {HOME}: Sage, Clara")
        self.stdout.write(f"agent key     {data.agent_key}  ({AGENT} of {CUSTOMER})")
        self.stdout.write(f"operator      {OPERATOR}")
        if data.password:
            self.stdout.write(f"password      {data.password}  (shown only now)")
