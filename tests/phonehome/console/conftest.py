"""A packet that waits, made by the product's own way: a report that the desk took in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from access.models import User
from phonehome.models import PhoneHomeRecord
from tests.cast import Cast

REPORT = "prism_signal crashes with KeyError: 'pid' on bootstrap"


@pytest.fixture
def packet(cast: Cast, sweep: Callable[[], None], settings: Any, tmp_path: Any) -> PhoneHomeRecord:
    settings.PHONE_HOME_FOLDER = tmp_path
    cast.jade.report(REPORT)
    sweep()
    return PhoneHomeRecord.objects.get()


@pytest.fixture
def console(cast: Cast) -> Client:
    """The operator's browser, signed in; forms need their token, as in the product."""
    return signed_in(cast.operator)


@pytest.fixture
def visitor(db: None) -> Client:
    """Signed in, on the staff, but without the permission to review."""
    return signed_in(User.objects.create_user("vera", is_staff=True))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
