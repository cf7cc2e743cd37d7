from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.guards import missing_guards
from kernel.sealing import Finding, Seal, ledgers, verify_ledger


class Command(BaseCommand):
    help = "Compare every ledger with its seals; exit 1 and name the first wrong row or seal."

    def handle(self, *args: Any, **options: Any) -> None:
        findings: list[Finding] = []
        for model in ledgers():
            name = model._meta.label_lower
            wrong = list(verify_ledger(model))
            findings += wrong
            seals = Seal.objects.filter(ledger=name)
            last = seals.order_by("-number").first()
            unsealed = model._default_manager.filter(id__gt=last.last_row if last else 0).count()
            state = "ok" if not wrong else f"{len(wrong)} findings"
            self.stdout.write(
                f"{name}: {state}; {model._default_manager.count()} rows, "
                f"{seals.count()} seals, {unsealed} rows not sealed yet"
            )
        findings += [
            Finding(table, "triggers", "its append-only triggers are missing")
            for table in missing_guards()
        ]
        for one in findings:
            self.stdout.write(self.style.ERROR(f"{one.ledger}: {one.where}: {one.what}"))
        if findings:
            raise CommandError(f"{len(findings)} findings")
        self.stdout.write(self.style.SUCCESS("All ledgers verify."))
