"""Repository addresses."""

from __future__ import annotations

from redaction.allow import is_stand_in, words
from redaction.types import Hit, Rule

# Owners whose repositories everybody links to: naming them tells nothing about a customer.
_PUBLIC_OWNERS = words(
    """
    python django pypa psf pallets encode tiangolo fastapi celery redis postgres numpy pandas-dev
    scipy pytest-dev astral-sh nodejs npm facebook vercel vuejs angular microsoft google golang
    rust-lang kubernetes docker moby hashicorp apache elastic grafana prometheus torvalds git
    github actions cli gitlab-org openai anthropics huggingface pytorch tensorflow aws azure
    googleapis ruby rails rubygems php symfony laravel jquery twbs webpack babel eslint prettier
    dotnet nuget openssl curl nginx sqlite mozilla w3c whatwg franktewksbury
    features settings login about pricing orgs topics marketplace sponsors security explore
    owner org user your-org example acme-example foo bar
    """
)


def _is_customers(hit: Hit) -> bool:
    owner = (hit.group("owner") or "").lower()
    if owner == "port" or owner.isdigit() or hit.before(1) == ":":
        return False  # `scheme://user:password@host:port/name`
    return not owner or (owner not in _PUBLIC_OWNERS and not is_stand_in(owner))


RULES: tuple[Rule, ...] = (
    Rule(
        name="git_remote",
        type="env.repository",
        keywords=(r"\b[a-z_][a-z0-9_\-]*@[a-z0-9.\-]+:[a-z0-9~]",),
        pattern=r"(?i)\b(?:git|hg|gitea|forgejo|[a-z]+)@[a-z0-9.\-]+:(?P<owner>[a-z0-9~_.\-]+)/[a-z0-9_./\-]*[a-z0-9_]",
        severity="medium",
        check=_is_customers,
        positives=("origin «git@github.com:acme-shop/billing.git» (fetch)",),
        negatives=("git@github.com:django/django.git",),
    ),
    Rule(
        name="repository_url",
        type="env.repository",
        keywords=(
            r"(?:github|gitlab|bitbucket|codeberg|dev\.azure|sr\.ht|visualstudio)[a-z0-9.\-]*/",
            r"\.git\b",
        ),
        pattern=r"(?i)(?:https?|ssh|git|git\+ssh|git\+https)://(?:[^\s/@\x0c]+@)?"
        r"(?P<v>(?:www\.)?(?:(?:github|gitlab|bitbucket|codeberg|dev\.azure"
        r"|sr\.ht)[a-z0-9.\-]*(?::[0-9]+)?/"
        r"(?P<owner>[a-z0-9~_.\-]+)/[a-z0-9_.\-]*[a-z0-9_](?:/[a-z0-9_.~/\-]*[a-z0-9_])?"
        r"|[a-z0-9.\-]+(?::[0-9]+)?/[a-z0-9_.~/\-]*[a-z0-9_]\.git\b))",
        severity="medium",
        check=_is_customers,
        positives=(
            "see https://«github.com/acme-shop/billing/pull/12»",
            "clone https://«git.acme.dev/team/infra.git»",
        ),
        negatives=(
            "https://github.com/django/django/issues/1",
            "https://github.com/features/actions",
        ),
    ),
)
