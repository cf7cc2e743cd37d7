"""Create an operator: a person who may decide about packets."""

from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from access.models import User
from access.policy import REVIEW_PERMISSION, WORK_CASE_PERMISSION
from kernel.errors import invalid
from kernel.ledger import record
from kernel.principals import Principal

OPERATORS = "operator"


@transaction.atomic
def create_operator(*, name: str, password: str, by: Principal) -> tuple[User, bool]:
    """The operator and whether the account is new; an existing one gets the new password.

    Raises invalid_request naming what is wrong with the name or the password.
    """
    user = User.objects.filter(username=name).first()
    created = user is None
    user = user or User(username=name)
    user.is_staff = True
    user.is_active = True
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise invalid(password=list(error.messages)) from None
    user.set_password(password)
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise invalid(name=list(error.messages)) from None
    user.save()
    user.groups.add(operators_group())
    record(
        "access.operator.created" if created else "access.operator.password_set",
        by=by,
        subject=user,
        operator=name,
    )
    return user, created


def operators_group() -> Group:
    """The group whose members decide, with the permissions it carries."""
    group, _ = Group.objects.get_or_create(name=OPERATORS)
    for permission in (REVIEW_PERMISSION, WORK_CASE_PERMISSION):
        app_label, codename = permission.split(".")
        group.permissions.add(
            Permission.objects.get(content_type__app_label=app_label, codename=codename)
        )
    group.permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    return group
