"""A NUL, which PostgreSQL cannot store, is refused before any page of the console reads it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from incidents.console.urls import urlpatterns as case_urls
from kernel.models import LedgerEntry
from phonehome.console.urls import urlpatterns as packet_urls
from tests.cast import Cast
from tests.phonehome.packets import staged_packet

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(cast: Cast) -> list[str]:
    """The address of every page of a packet, of a case, and of both lists."""
    record = staged_packet(cast)
    keys = {"record_id": record.pk, "pk": record.incident.pk}
    found = []
    for patterns, namespace in ((packet_urls, "phonehome"), (case_urls, "incidents")):
        for one in patterns:
            takes = one.pattern.converters
            if one.name != "document":
                name = f"{namespace}_console:{one.name}"
                found.append(reverse(name, kwargs={key: keys[key] for key in takes}))
    assert len(found) > 15
    return found


def test_a_nul_in_a_form_is_refused_with_a_page(cast: Cast, pages: list[str]) -> None:
    client = Client()
    client.force_login(cast.operator)
    posted = 0
    for page in pages:
        for sent in ({"reason": "a\x00b"}, {"do": "\x00"}, {"a\x00b": "c"}):
            answer: Any = client.post(page, sent)
            if answer.status_code == 405:  # a page that is only read
                continue
            posted += 1
            assert answer.status_code == 400, page
            assert "holds a NUL character" in answer.content.decode()
    assert posted > 20
    assert LedgerEntry.objects.filter(action="refused.invalid_request").exists()


def test_a_nul_in_an_address_is_refused_with_a_page(cast: Cast, pages: list[str]) -> None:
    client = Client()
    client.force_login(cast.operator)
    for page in pages:
        assert client.get(f"{page}?part=a%00b").status_code == 400, page
