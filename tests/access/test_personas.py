"""Who is a bridge: only whom the seed stamped, whatever a program, a payload or a name says."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from access.models import Persona, PersonaStamp
from access.services.register_persona import register_persona
from access.services.register_project import register_project
from access.services.seed_care import seed_care
from access.states import PersonaClass, PersonaDuty, PersonaStatus
from kernel.errors import CareError
from tests.cast import BY, Cast

pytestmark = pytest.mark.django_db


def refused_by_database(attempt: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt()


def test_the_seed_stamps_sage_and_clara_and_nobody_else(cast: Cast) -> None:
    bridges = Persona.objects.filter(persona_class=PersonaClass.BRIDGE)
    assert {one.identity for one in bridges} == {"Sage", "Clara"}
    for one in bridges:
        stamp = one.stamp
        assert stamp is not None
        assert (stamp.identity, stamp.after, stamp.before) == (one.identity, "bridge", "")
        assert stamp.stamped_by == BY.label
    shipping = Persona.objects.get(identity="ET")
    assert (shipping.persona_class, shipping.duty) == ("project", PersonaDuty.SHIPPING)


def test_no_update_makes_a_bridge_without_a_stamp(cast: Cast) -> None:
    jade = Persona.objects.filter(pk=cast.jade.persona.pk)
    refused_by_database(lambda: jade.update(persona_class=PersonaClass.BRIDGE))
    persona = jade.get()
    persona.persona_class = PersonaClass.BRIDGE
    refused_by_database(persona.save)
    refused_by_database(
        lambda: Persona.objects.create(
            tenant=cast.home.tenant,
            project=persona.project,
            identity="Ruby",
            persona_class=PersonaClass.BRIDGE,
        )
    )
    assert not jade.get().is_bridge


def test_nobody_can_use_the_stamp_of_another(cast: Cast) -> None:
    for stamp in PersonaStamp.objects.all():
        refused_by_database(
            lambda stamp=stamp: Persona.objects.filter(pk=cast.jade.persona.pk).update(
                persona_class=PersonaClass.BRIDGE, stamp=stamp
            )
        )


def test_one_persona_holds_a_duty(cast: Cast) -> None:
    refused_by_database(
        lambda: Persona.objects.filter(pk=cast.jade.persona.pk).update(duty=PersonaDuty.INTAKE_DESK)
    )


def test_seeding_again_changes_nothing(cast: Cast) -> None:
    before = list(Persona.objects.order_by("pk").values())
    desk = seed_care(home_pid="PID-PGR01", by=BY)
    assert desk.home == cast.home
    assert list(Persona.objects.order_by("pk").values()) == before
    assert PersonaStamp.objects.count() == 3


def test_a_tenant_has_one_home(cast: Cast) -> None:
    with pytest.raises(CareError) as caught:
        seed_care(home_pid="PID-DPA01", by=BY)
    assert caught.value.code == "home_project_conflict"
    assert Persona.objects.filter(persona_class=PersonaClass.BRIDGE).count() == 2


@pytest.mark.parametrize("name", ["Sage", "sage", "SAGE", "Ｓａｇｅ", "ſage", "Clara", "Sage "])
def test_a_bridges_name_is_reserved_in_its_tenant(cast: Cast, name: str) -> None:
    with pytest.raises(CareError) as caught:
        register_persona(project=cast.jade.persona.project, identity=name, by=BY)
    assert caught.value.code == "persona_name_reserved"


def test_another_tenant_without_a_desk_may_use_it(cast: Cast) -> None:
    project, _ = register_project(pid="PID-OTH01", tenant_slug="other", by=BY)
    persona, created = register_persona(project=project, identity="Sage", by=BY)
    assert created
    assert not persona.is_bridge
    assert not persona.duty


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "*",
        "all",
        "Everyone",
        "ＢＲＯＡＤＣＡＳＴ",
        "x" * 81,
        "ﷺ" * 80,
        "a\x00b",
        "a\nb",
        "a\u200bb",
        "\u202eegaS",
        "_x",
        "a@b",
        "\ud800",
    ],
)
def test_a_name_that_cannot_be_addressed(cast: Cast, name: str) -> None:
    with pytest.raises(CareError) as caught:
        register_persona(project=cast.jade.persona.project, identity=name, by=BY)
    assert caught.value.code == "invalid_request"


@pytest.mark.parametrize("name", ["Jürgen", "O'Neil", "R2-D2", "Ana María", "玉", "ß" * 40])
def test_a_name_of_any_letters(cast: Cast, name: str) -> None:
    persona, created = register_persona(project=cast.home, identity=name, by=BY)
    assert created
    assert register_persona(project=cast.home, identity=name.swapcase()[:80], by=BY)[0] == persona


def test_a_revoked_persona_can_neither_act_nor_be_reached(cast: Cast) -> None:
    Persona.objects.filter(pk=cast.onyx.persona.pk).update(status=PersonaStatus.REVOKED)
    assert cast.onyx.get("roster").status_code == 401
    body = {"to_identity": "Onyx", "to_pid": "PID-XYZ02", "signal_type": "Notice", "payload": "x"}
    answer = cast.sage.post("signals", body)
    assert answer.json()["error"]["code"] == "bridge_target_not_found"


@pytest.mark.parametrize(
    "change",
    [
        {"pid": ""},
        {"pid": "PID A01"},
        {"pid": "-PID"},
        {"pid": "PID/../A"},
        {"pid": "x" * 65},
        {"pid": "é"},
        {"pid": "PID-A\n"},
        {"pid": "\ud800"},
        {"tenant_slug": "two words"},
        {"tenant_slug": ""},
        {"tenant_slug": "x" * 51},
        {"name": "x" * 201},
    ],
)
def test_a_project_of_another_form(db: None, change: dict[str, str]) -> None:
    with pytest.raises(CareError) as caught:
        register_project(**{"pid": "PID-NEW01", **change}, by=BY)
    assert caught.value.code == "invalid_request"
