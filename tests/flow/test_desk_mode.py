"""A tenant's own desk mode wins over the installation's."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command

from incidents.models import Intake
from incidents.states import IntakeStatus
from kernel.models import LedgerEntry
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_tenants_own_mode_wins_and_can_be_given_back(
    cast: Cast, stranger: Cast, sweep: Callable[[], None]
) -> None:
    call_command("desk_mode", "agents")
    cast.jade.report()
    stranger.jade.report()
    sweep()
    waiting = Intake.objects.get(status=IntakeStatus.RECEIVED)
    assert waiting.tenant_id == cast.home.tenant_id
    assert LedgerEntry.objects.filter(action="incidents.desk_mode.set").count() == 1
    call_command("desk_mode", "default")
    sweep()
    assert not Intake.objects.filter(status=IntakeStatus.RECEIVED).exists()


def test_an_unknown_tenant_is_refused_with_a_sentence(db: None) -> None:
    with pytest.raises(CommandError, match="no tenant nowhere"):
        call_command("desk_mode", "agents", "--tenant", "nowhere")
