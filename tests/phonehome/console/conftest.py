"""A packet that waits, and people in front of it."""

from typing import Any

import pytest
from django.test import Client

from access.models import User
from phonehome.models import PhoneHomeRecord
from phonehome.services.revise_packet import revise_packet
from phonehome.services.write_revision import Content
from tests.cast import BY, Cast
from tests.phonehome.packets import staged_packet

HOST_ADDRESS = "10.4.17.23"


class Console:
    """An operator's browser without JavaScript: opens the page, presses its buttons."""

    def __init__(self, client: Client, record: PhoneHomeRecord) -> None:
        self.client = client
        self.url = f"/console/review/{record.pk}/"
        self._record_id = record.pk

    @property
    def record(self) -> PhoneHomeRecord:
        return PhoneHomeRecord.objects.get(pk=self._record_id)

    @property
    def digest(self) -> str:
        return self.record.current.packet_sha256

    def open(self, query: str = "") -> Any:
        return self.client.get(self.url + query)

    def press(self, action: str, **fields: Any) -> Any:
        fields.setdefault("digest", self.digest)
        return self.client.post(self.url, {"action": action, **fields})


@pytest.fixture
def packet(cast: Cast) -> PhoneHomeRecord:
    return staged_packet(cast)


@pytest.fixture
def console(cast: Cast, packet: PhoneHomeRecord) -> Console:
    return Console(signed_in(cast.operator), packet)


@pytest.fixture
def visitor(packet: PhoneHomeRecord) -> Console:
    """Signed in, on the staff, but without the permission to review."""
    return Console(signed_in(User.objects.create_user("vera", is_staff=True)), packet)


@pytest.fixture
def stranger_at_the_door(packet: PhoneHomeRecord) -> Console:
    return Console(Client(), packet)


@pytest.fixture
def keeping(packet: PhoneHomeRecord) -> PhoneHomeRecord:
    """The packet in a revision that keeps an address, which needs an acknowledgement."""
    return rewritten(packet, f"The worker on {HOST_ADDRESS} stops.")


def rewritten(packet: PhoneHomeRecord, body: str, **texts: Any) -> PhoneHomeRecord:
    record = PhoneHomeRecord.objects.get(pk=packet.pk)
    report = {"status": "passed"}
    words = {"title": record.current.title, "body_markdown": body, **texts}
    return revise_packet(
        record_id=record.pk,
        seen_digest=record.current.packet_sha256,
        content=Content(redaction_report=report, **words),
        by=BY,
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
