"""Check an operator's password where there is no session (the command line)."""

from django.contrib.auth import authenticate

from access.errors import OPERATOR_CREDENTIALS
from access.models import User
from kernel.errors import CareError


def authenticate_operator(*, name: str, password: str) -> User:
    """The operator. Raises operator_credentials_wrong, alike for every reason."""
    user = authenticate(username=name, password=password)
    if not isinstance(user, User):
        raise CareError(OPERATOR_CREDENTIALS)
    return user
