"""What the scanner passes over: documentation values, public hosts, code that only looks secret."""

from __future__ import annotations

import ipaddress
import math
from collections import Counter

from redaction.types import compile_bytes


def words(text: str) -> frozenset[str]:
    """The blank-separated words of `text` as a set."""
    return frozenset(text.split())


# A value made of these words alone stands for a value: YOUR_API_KEY, change-me, example.
_STAND_IN_WORDS = words(
    "example examples placeholder changeme change replaceme replace your yours my insert dummy"
    " redacted masked hidden removed filtered notset unset todo fixme fake sample goes here"
    " abcdefghijklmnopqrstuvwxyz"
)
# Words that may stand beside them, and say nothing alone; provider prefixes among them.
_NEUTRAL_WORDS = words(
    "a an the this that it me with by to in of for is be not set real own new some please value"
    " values secret token tokens key keys apikey api app auth access private client server service"
    " password passwd pass pwd passphrase login user username name account id string db database"
    " project org host hostname bot aws azure github gitlab slack openai admin random long"
    " prod production dev staging test live proj ant api03 sk pk rk ghp gho ghu ghs pat glpat xoxb"
    " xoxp xapp npm pypi hf session cookie webhook url only"
)
_PART_ENDS = compile_bytes(r"[^0-9a-z*\xb5-\xff]+")
_IN_BRACKETS = compile_bytes(r"^(?:<[^<>]{1,60}>|\[[a-z _\-]{1,60}\]|\{[a-z _\-]{1,60}\})$")
# Example credentials that the vendors print in their manuals.
_DOCUMENTED = words(
    "akiaiosfodnn7example akiai44qh8dhbexample asiaiosfodnn7example"
    " wjalrxutnfemi/k7mdeng/bpxrficyexamplekey je7mtgbclwbf/2zk/utk/h3yco8nvbexamplekey"
)
_REFERENCE = compile_bytes(
    r"^(?:[$%#]\{|\$\(|\{\{|\{%|<%|%\(|\$$|\$[a-z_][a-z0-9_]*$|%[a-z_][a-z0-9_]*%$|@\w+@$"
    r"|!(?:ref|sub|vault)\b|(?:secrets|env|process\.env|os\.environ|os\.getenv)[.\[(]"
    r"[a-z0-9_.\[\]()\"' ]*$|os\.(?:environ|getenv)$|process\.env$|vault:|ssm:|sops:|enc\[|arn:"
    r"|file:|ref\+|valuefrom)"
)
_PLAIN_WORDS = words(
    "null none nil true false undefined string str int integer bool boolean bytes text any object"
    " password passwd pwd secret token key value required optional invalid incorrect missing wrong"
    " expired empty unset default reset change changed changing failed failure error denied"
    " accepted rejected rotated revoked field input type name required. is was not and the for"
    " yes no on off ok basic bearer digest negotiate get post put static class const let var"
    " function return self this new file auto enabled disabled unknown hash hashed plain md5 sha256"
    " bcrypt argon2 scram-sha-256 trust peer prompt ask never always from with user username"
    " final auth string? email login account number char varchar optional[str] secretstr"
)


def entropy(value: str) -> float:
    """Shannon entropy of `value` in bits per character; 0.0 when empty."""
    size = len(value)
    if not size:
        return 0.0
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values())


def kinds_of_characters(value: str) -> int:
    """How many of lower case, upper case, digits and other characters `value` has."""
    return (
        any(c.islower() for c in value)
        + any(c.isupper() for c in value)
        + any(c.isdigit() for c in value)
        + any(not c.isalnum() for c in value)
    )


_NAME_MARKS = str.maketrans("", "", "_-./:")


def without_name_marks(value: str) -> str:
    """`value` without the characters that join the words of a name: `test_foo_1`, `a/b-2`."""
    return value.translate(_NAME_MARKS)


def is_stand_in(value: str) -> bool:
    """Whether `value`, as a whole, is a placeholder, a reference or plainly not a secret.

    A stand-in word inside a longer value proves nothing: people build passwords from such words.
    """
    bare = value.strip("\"'`").lower()
    if bare in _PLAIN_WORDS or is_made_of_stand_ins(bare):
        return True
    data = bare.encode("latin-1", "replace")
    return bool(_REFERENCE.search(data) or _IN_BRACKETS.search(data))


def is_made_of_stand_ins(value: str) -> bool:
    """Whether every part of `value` is a stand-in word or one repeated character.

    `your-token-here`, `xxxx-xxxx`, `****`; also the credentials that vendors document.
    """
    bare = value.lower()
    if bare in _DOCUMENTED or len(set(bare)) <= 1 or bare.count("*") * 2 > len(bare):
        return True
    parts = [
        part.decode("latin-1")
        for part in _PART_ENDS.split(bare.encode("latin-1", "replace"))
        if part
    ]
    tells = False
    for part in parts:
        is_run = len(set(part)) == 1 and len(part) >= 4
        if not is_run and part not in _STAND_IN_WORDS and part not in _NEUTRAL_WORDS:
            return False
        tells = tells or part in _STAND_IN_WORDS or is_run
    # Punctuation alone (`...`, `---`) stands for a value as well.
    return tells or not parts


_DOCUMENTATION_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "2001:db8::/32",
    )
)
_PUBLIC_ADDRESSES = words(
    "8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 208.67.222.222 208.67.220.220 169.254.169.254"
)


def is_public_address(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address says nothing about the installation it was seen in."""
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return True
    if isinstance(address, ipaddress.IPv4Address):
        first, last = address.packed[0], address.packed[-1]
        # Netmasks, and 0.x, which only ever are version numbers.
        if first in (0, 255) or (address.packed[:2] == b"\xff\xff" and last == 0):
            return True
    if str(address) in _PUBLIC_ADDRESSES:
        return True
    return any(
        address in network
        for network in _DOCUMENTATION_NETWORKS
        if network.version == address.version
    )


# Hosts that every reader knows: naming one tells nothing about the customer. Subdomains included.
PUBLIC_DOMAINS = words(
    """
    example.com example.net example.org github.com githubusercontent.com github.io gitlab.com
    bitbucket.org pypi.org pythonhosted.org python.org djangoproject.com readthedocs.io
    readthedocs.org npmjs.com npmjs.org yarnpkg.com nodejs.org unpkg.com jsdelivr.net cdnjs.com
    rust-lang.org crates.io docs.rs golang.org go.dev pkg.go.dev rubygems.org ruby-lang.org
    maven.org apache.org spring.io gradle.org jetbrains.com kotlinlang.org packagist.org php.net
    nuget.org microsoft.com windows.com live.com azure.com visualstudio.com mozilla.org w3.org
    whatwg.org ietf.org rfc-editor.org iana.org unicode.org iso.org json-schema.org schema.org
    google.com googleapis.com gstatic.com youtube.com cloudflare.com letsencrypt.org digicert.com
    docker.com docker.io quay.io gcr.io ghcr.io k8s.io kubernetes.io helm.sh cncf.io prometheus.io
    grafana.com elastic.co sentry.io datadoghq.com newrelic.com slack.com discord.com discordapp.com
    telegram.org twilio.com sendgrid.com sendgrid.net stripe.com paypal.com openai.com anthropic.com
    huggingface.co claude.ai amazon.com aws.amazon.com docs.aws.amazon.com wikipedia.org
    stackoverflow.com stackexchange.com serverfault.com medium.com ycombinator.com reddit.com
    debian.org ubuntu.com archlinux.org alpinelinux.org centos.org redhat.com fedoraproject.org
    kernel.org gnu.org freedesktop.org sourceforge.net postgresql.org mysql.com mariadb.org
    sqlite.org mongodb.com redis.io redis.com rabbitmq.com nginx.org nginx.com celeryproject.org
    celeryq.dev gunicorn.org sqlalchemy.org pallets.com palletsprojects.com numpy.org
    pydata.org
    opensource.org creativecommons.org semver.org keepachangelog.com openssl.org openssh.com
    openapis.org swagger.io xmlsoap.org xml.org jsonapi.org graphql.org reactjs.org react.dev
    vuejs.org
    angular.io webpack.js.org vitejs.dev typescriptlang.org eslint.org babeljs.io jestjs.io
    shields.io badge.fury.io codecov.io travis-ci.org travis-ci.com circleci.com atlassian.com
    apple.com icloud.com oracle.com java.com openjdk.org ibm.com intel.com nvidia.com pytorch.org
    tensorflow.org anaconda.org conda.io hashicorp.com terraform.io vaultproject.io git-scm.com
    gitpod.io heroku.com vercel.com netlify.com fly.io digitalocean.com
    """
)
# Domains under which customers get names of their own: the bare domain is public, a name is not.
_HOSTING_DOMAINS = words(
    "github.io readthedocs.io fly.io azure.com slack.com sentry.io heroku.com vercel.com"
    " datadoghq.com grafana.com mongodb.com redis.com windows.com gcr.io googleapis.com"
)
_PUBLIC_LABELS = words("www docs api status registry index blog help support dl app")


def is_public_host(host: str) -> bool:
    """Whether `host` (lower case, no port) is documentation or known to everybody."""
    host = host.rstrip(".")
    # `.example`, `.test` and `.invalid` are no exemption: people give such names to real machines.
    if host == "localhost" or host.endswith(".localhost") or host in PUBLIC_DOMAINS:
        return True
    labels = host.split(".")
    for size in (2, 3):
        domain = ".".join(labels[-size:])
        if domain in PUBLIC_DOMAINS:
            return domain not in _HOSTING_DOMAINS or labels[0] in _PUBLIC_LABELS
    return False
