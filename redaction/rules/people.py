"""Names of people and accounts that the words around them give away."""

from __future__ import annotations

from redaction.allow import is_stand_in, words
from redaction.types import Hit, Rule, compile_bytes

_SYSTEM_ACCOUNTS = words(
    "root admin administrator postgres mysql www-data nobody daemon ubuntu debian ec2-user git"
    " guest"
    " user users username anonymous system default app apps service runner jenkins vagrant docker"
    " node nginx apache redis celery rabbitmq public shared all test tester demo me self name none"
    " null true false unknown id agent login email password owner home work worker build builder ci"
    " string str int field object model data interface type input required sa dbo linuxbrew"
    " await async localhost this current new old my the your"
    " foo bar baz foobar example"
)


def is_account_of_a_person(name: str) -> bool:
    """Whether a login belongs to somebody rather than to a service every system has."""
    return name.lower() not in _SYSTEM_ACCOUNTS and not is_stand_in(name)


_NOT_NAMES = words(
    "all team everyone there world folks guys both again the this our for support operator sage"
    " clara"
    " donna prism customer sir madam colleagues github docker python django"
)
# `user = request.user` in source code is not somebody's name.
_CODE_PREFIXES = words(
    "request req self this ctx context session settings os env config args params options event"
    " process data body payload obj instance row record form kwargs user current_user auth"
)
_CAMEL_CASE = compile_bytes(r"[a-z][A-Z]")


def _is_login(hit: Hit) -> bool:
    value = hit.value
    if value.partition(".")[0] in _CODE_PREFIXES or _CAMEL_CASE.search(value.encode("latin-1")):
        return False
    if hit.after(1) in ("(", "[", "_", "=", "\\") or (
        hit.after(2)[:1] == "." and hit.after(2)[1:].isalnum()
    ):
        return False
    return len(value) >= 3 and not value.isdigit() and is_account_of_a_person(value)


RULES: tuple[Rule, ...] = (
    Rule(
        name="labelled_user",
        type="env.username",
        keywords=(r"user|login|logname|author|owner|assignee|reporter",),
        pattern=r"(?i)\b(?:[a-z]{1,12}_)?(?:user(?:_?name)?|login|logname)[\"']?[ \t]{0,2}[:=]["
        r" \t]{0,2}[\"']?"
        r"(?P<v>[A-Za-z\xc0-\xff][A-Za-z0-9\xc0-\xff._\-]*[A-Za-z0-9\xc0-\xff])",
        severity="low",
        check=_is_login,
        positives=(
            "session for user=«jdoe» closed",
            '"username": "«maria.lopez»"',
            "USER=«kofi»",
        ),
        negatives=("user=root", "user = request.user", "username: str", "user: null"),
    ),
    Rule(
        name="quoted_user",
        type="env.username",
        keywords=(r"\b(?:user|role|account|login) [\"'`]",),
        pattern=r"(?i)\b(?:user|role|account|login) [\"'`]"
        r"(?P<v>[A-Za-z\xc0-\xff][A-Za-z0-9\xc0-\xff._\-]+)[\"'`]",
        severity="low",
        check=_is_login,
        positives=('authentication failed for user "«billing_rw»"',),
        negatives=('role "postgres" does not exist',),
    ),
    Rule(
        name="login_user",
        type="env.username",
        keywords=("ssh|scp|sftp|rsync|mosh",),
        pattern=r"(?i)\b(?:ssh|scp|sftp|rsync|mosh|ssh-copy-id)(?:://|[ \t]"
        r"(?:[^\r\n|;&@\x0c]{0,120}[ \t\"'])?)(?P<v>[a-z0-9_][a-z0-9_.\-]*)@[a-z0-9]",
        severity="low",
        check=lambda hit: is_account_of_a_person(hit.value),
        positives=("run ssh -p 22 «bob»@web01 now", "scp x.tgz «kofi»@web01:/tmp"),
        negatives=("ssh root@web01", "ssh git@github.com"),
    ),
    Rule(
        name="name_in_greeting",
        type="pii.person_name",
        keywords=(r"\b(?:hi|hello|dear|hey|thanks|thank you|cheers|regards),? [a-z\xc0-\xff]",),
        pattern=r"\b(?:[Hh]i|[Hh]ello|[Dd]ear|[Hh]ey|[Tt]hanks|[Tt]hank you|[Cc]heers"
        r"|[Rr]egards),? "
        r"(?:(?:Mr|Mrs|Ms|Dr)\.? )?(?P<v>[A-Z\xc0-\xde][a-z\xdf-\xff'\-]+(?:"
        r" [A-Z\xc0-\xde][a-z\xdf-\xff'\-]+)?)",
        severity="medium",
        check=lambda hit: hit.value.split()[0].lower() not in _NOT_NAMES,
        positives=("Hi «Maria», the deploy broke", "Dear Ms. «Adaeze Obi»,"),
        negatives=("Hi Team,", "Hello World", "Hi All"),
    ),
    Rule(
        name="name_by_role",
        type="pii.person_name",
        keywords=(
            (
                r"(?:reported|assigned|approved|escalated|written|requested|owned|raised) (?:by|to)"
                r" [a-z]"
            ),
        ),
        pattern=r"\b(?:[Rr]eported|[Aa]ssigned|[Aa]pproved|[Ee]scalated|[Ww]ritten|[Rr]equested"
        r"|[Oo]wned|[Rr]aised)"
        r" (?:by|to):? (?P<v>[A-Z\xc0-\xde][a-z\xdf-\xff'\-]+(?: [A-Z\xc0-\xde]\.)?"
        r" [A-Z\xc0-\xde][a-z\xdf-\xff'\-]+)\b",
        severity="medium",
        check=lambda hit: hit.value.split()[0].lower() not in _NOT_NAMES,
        positives=("reported by «John Smith» today", "assigned to «Zoë K. Müller»."),
        negatives=("reported by Sage", "approved by The Team"),
    ),
    Rule(
        name="commit_trailer",
        type="pii.person_name",
        keywords=(
            r"(?:signed-off|co-authored|reviewed|reported|tested|acked|suggested)-by|author",
        ),
        pattern=r"(?im)^[ \t>+\-]{0,8}(?:(?:signed-off|co-authored|reviewed|reported|tested|acked"
        r"|suggested)-by"
        r"|author|committer):[ \t]+(?P<v>[A-Z\xc0-\xff][^<>@\r\n\x0c]{1,60}?)[ \t]*<",
        severity="medium",
        positives=(
            "Signed-off-by: «Maria López» <m@x.io>",
            "Author: «Kofi A. Mensah» <k@x>",
        ),
        negatives=("Author: nobody",),
    ),
)
