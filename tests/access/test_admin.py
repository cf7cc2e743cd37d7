"""The browsing pages: who sees them, and that nothing can be changed there."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from access.models import AgentKey, User
from access.services.create_operator import create_operator
from kernel.models import LedgerEntry
from tests.cast import BY, PASSWORD, Cast
from tests.phonehome.packets import approved_packet

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
BROWSED = [model for model in MODELS if model not in (User, Group)]
EVERY_MODEL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
EVERY_BROWSED = pytest.mark.parametrize("model", BROWSED, ids=lambda model: model._meta.label)


def address(model: Any, page: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss", password=PASSWORD)


def test_strangers_meet_the_consoles_own_sign_in(db: None) -> None:
    for path in ("/admin/", "/admin/access/user/"):
        answer = Client().get(path, follow=True)
        assert answer.redirect_chain[-1][0].startswith("/console/login/?next=")
        assert 'name="password"' in answer.content.decode()


def test_people_off_the_staff_get_a_page_that_says_so(db: None) -> None:
    answer = client_of(User.objects.create_user("passer")).get("/admin/", follow=True)
    assert answer.status_code == 403


@EVERY_MODEL
def test_staff_without_a_role_see_nothing(model: Any) -> None:
    client = client_of(User.objects.create_user("vera", is_staff=True))
    assert client.get(address(model, "changelist")).status_code == 403


@EVERY_MODEL
def test_an_operator_sees_every_list_and_row(model: Any, cast: Cast, sweep: Any) -> None:
    approved_packet(cast)
    sweep()
    client = client_of(cast.operator)
    answer = client.get(address(model, "changelist"), {"q": "x"})
    assert answer.status_code == 200
    assert client.get(address(model, "changelist")).status_code == 200
    row = model._default_manager.first()
    if row is not None:
        assert client.get(address(model, "change", row.pk)).status_code == 200


@EVERY_BROWSED
def test_not_even_a_superuser_changes_rows_by_hand(model: Any, cast: Cast, boss: User) -> None:
    approved_packet(cast)
    client = client_of(boss)
    assert client.get(address(model, "add")).status_code == 403
    assert client.post(address(model, "add"), {}).status_code == 403
    row = model._default_manager.first()
    if row is not None:
        assert client.post(address(model, "change", row.pk), {}).status_code == 403
        assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_a_key_shows_no_hash(cast: Cast) -> None:
    key = AgentKey.objects.first()
    assert key is not None
    client = client_of(cast.operator)
    for page in (address(AgentKey, "changelist"), address(AgentKey, "change", key.pk)):
        text = client.get(page).content.decode()
        assert key.key_id in text
        assert key.secret_sha256 not in text


def test_operators_do_not_change_people(cast: Cast) -> None:
    other, _ = create_operator(name="grace", password=PASSWORD, by=BY)
    client = client_of(cast.operator)
    change = address(User, "change", other.pk)
    text = client.get(change).content.decode()
    assert "grace" in text
    assert other.password not in text
    assert "md5" not in text
    assert client.post(change, {"username": "frank2"}).status_code == 403
    assert client.get(f"/admin/access/user/{other.pk}/password/").status_code == 403


def test_what_a_superuser_does_to_people_is_written_down(boss: User) -> None:
    client = client_of(boss)
    answer = client.post(
        address(User, "add"),
        {
            "username": "grace",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "usable_password": "true",
        },
    )
    assert answer.status_code == 302
    grace = User.objects.get(username="grace")
    assert grace.check_password(PASSWORD)
    client.post(
        f"/admin/access/user/{grace.pk}/password/",
        {"password1": PASSWORD + "2", "password2": PASSWORD + "2", "usable_password": "true"},
    )
    facts = list(LedgerEntry.objects.filter(subject_id=str(grace.pk)).order_by("id"))
    assert [one.action for one in facts] == ["access.user.created", "access.user.changed"]
    assert {one.actor_label for one in facts} == {"boss"}
    assert PASSWORD not in str([one.data for one in facts])


def test_lists_do_not_count_their_rows(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = client_of(cast.operator)
    with django_assert_max_num_queries(12) as seen:
        client.get(address(LedgerEntry, "changelist"))
    ledger = LedgerEntry._meta.db_table
    counts = [one["sql"] for one in seen.captured_queries if "COUNT(" in one["sql"]]
    assert not [sql for sql in counts if ledger in sql]


def test_browsing_pages_have_a_policy_of_their_own(cast: Cast) -> None:
    policy = client_of(cast.operator).get("/admin/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-eval'" in policy
    assert "require-trusted-types-for" not in policy
