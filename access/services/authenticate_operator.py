"""Check an operator's password where there is no session (the command line)."""

from django.contrib.auth import authenticate

from access.errors import OPERATOR_CREDENTIALS
from access.models import User
from kernel.errors import CareError
from kernel.ledger import record
from kernel.principals import Anonymous


def authenticate_operator(*, name: str, password: str) -> User:
    """The operator. Raises operator_credentials_wrong, alike for every reason."""
    user = authenticate(username=name, password=password)
    if not isinstance(user, User):
        record("access.sign_in.refused", by=Anonymous(), operator=name[:150], surface="cli")
        raise CareError(OPERATOR_CREDENTIALS)
    return user
