"""Names of people and accounts that the words around them give away."""

from __future__ import annotations

from redaction.allow import is_stand_in
from redaction.types import Hit, Rule

_SYSTEM_ACCOUNTS = frozenset(
    "root admin administrator postgres mysql www-data nobody daemon ubuntu debian ec2-user git guest"
    " user users username anonymous system default app apps service runner jenkins vagrant docker"
    " node nginx apache redis celery rabbitmq public shared all test tester demo me self name none"
    " null true false unknown id agent login email password owner home work worker build builder ci"
    " string str int field object model data interface type input required sa dbo linuxbrew"
    " localhost this current new old my the your".split()
)


def is_account_of_a_person(name: str) -> bool:
    """Whether a login belongs to somebody rather than to a service every system has."""
    return name.lower() not in _SYSTEM_ACCOUNTS and not is_stand_in(name)


# `user = request.user` in source code is not somebody's name.
_CODE_PREFIXES = frozenset(
    "request req self this ctx context session settings os env config args params options event"
    " process data body payload obj instance row record form kwargs user current_user auth".split()
)


def _is_login(hit: Hit) -> bool:
    value = hit.value
    if value.partition(".")[0] in _CODE_PREFIXES:
        return False
    if hit.after(1) in ("(", "[", "_", "=", "\\") or hit.after(2)[:1] == "." and hit.after(2)[1:].isalnum():
        return False
    return len(value) >= 3 and not value.isdigit() and is_account_of_a_person(value)


RULES: tuple[Rule, ...] = (
    Rule(
        name="labelled_user",
        type="env.username",
        keywords=(r"user|login|logname|author|owner|assignee|reporter",),
        pattern=r"(?i)\b(?:[a-z]{1,12}_)?(?:user(?:_?name)?|login|logname)[\"']?[ \t]{0,2}[:=][ \t]{0,2}[\"']?"
        r"(?P<v>[A-Za-z\xc0-\xff][A-Za-z0-9\xc0-\xff._\-]*[A-Za-z0-9\xc0-\xff])",
        severity="low",
        check=_is_login,
        positives=("session for user=«jdoe» closed", '"username": "«maria.lopez»"', "USER=«kofi»"),
        negatives=("user=root", "user = request.user", "username: str", "user: null"),
    ),
    Rule(
        name="commit_trailer",
        type="pii.person_name",
        keywords=(r"(?:signed-off|co-authored|reviewed|reported|tested|acked|suggested)-by|author",),
        pattern=r"(?im)^[ \t>+\-]{0,8}(?:(?:signed-off|co-authored|reviewed|reported|tested|acked|suggested)-by"
        r"|author|committer):[ \t]+(?P<v>[A-Z\xc0-\xff][^<>@\r\n\x0c]{1,60}?)[ \t]*<",
        severity="medium",
        positives=("Signed-off-by: «Maria López» <m@x.io>", "Author: «Kofi A. Mensah» <k@x>"),
        negatives=("Author: nobody",),
    ),
)
