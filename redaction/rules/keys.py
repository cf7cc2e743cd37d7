"""Private keys, JSON web tokens and password hashes."""

from __future__ import annotations

from redaction.types import Hit, Rule

# What may stand between the lines of a key: line ends real or escaped, indent, quotes, diff marks.
_GAP = r"(?:\\+[rnt]|[ \t\r\n\"'|>,+#*:\-])"
_HEADER = r"(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset)[^\r\n\\\x0c]{0,120}"
_BODY = r"[A-Za-z0-9+/=]"


def _not_public(hit: Hit) -> bool:
    return "PUBLIC" not in hit.value[:60]


RULES: tuple[Rule, ...] = (
    Rule(
        name="private_key",
        type="secret.private_key",
        keywords=("PRIVATE KEY",),
        # Begins at BEGIN and takes what looks like key lines; END may be cut off.
        pattern=r"-{2,5} ?BEGIN[ A-Z0-9]{0,40}PRIVATE KEY[ A-Z]{0,12}-{0,5}"
        rf"(?:{_GAP}*{_HEADER})*(?:{_GAP}*{_BODY}{{16,}})*"
        rf"(?:(?:{_GAP}*{_BODY}{{1,64}})?{_GAP}*-{{2,5}} ?END[ A-Z0-9]{{0,40}}KEY["
        rf" A-Z]{{0,12}}-{{0,5}})?",
        positives=(
            (
                "«-----BEGIN RSA PRIVATE KEY-----\n{b64:64}\n{b64:64}\n{b64:22}==\n"
                "-----END RSA PRIVATE KEY-----»"
            ),
            (
                "key: «-----BEGIN PRIVATE KEY-----\\n{b64:64}\\n{b64:12}\\n-----END PRIVATE"
                " KEY-----»\\n"
            ),
            "  «-----BEGIN EC PRIVATE KEY-----\r\n    {b64:64}\r\n    {b64:64}»\r\n  (cut)",
        ),
        negatives=("-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----",),
    ),
    Rule(
        name="private_key_tail",
        type="secret.private_key",
        keywords=(r"END[ A-Z0-9]{0,40}PRIVATE KEY",),
        pattern=rf"(?P<v>{_BODY}{{40,80}}(?:{_GAP}+{_BODY}{{16,80}})*(?:{_GAP}+{_BODY}{{1,80}})?{_GAP}*"
        r"-{2,5} ?END[ A-Z0-9]{0,40}PRIVATE KEY[ A-Z]{0,12}-{0,5})",
        positives=("cut above\n«{b64:64}\n{b64:64}\n{b64:30}\n-----END PRIVATE KEY-----»",),
    ),
    Rule(
        name="putty_private_key",
        type="secret.private_key",
        keywords=("Private-Lines:",),
        pattern=rf"Private-Lines: ?[0-9]+(?:[ \t\r\n]+{_BODY}{{16,}})+",
        positives=("«Private-Lines: 2\n{b64:64}\n{b64:40}»\nPrivate-MAC: 0",),
    ),
    Rule(
        name="json_web_token",
        type="secret.jwt",
        keywords=("eyJ",),
        pattern=r"\beyJ[0-9A-Za-z_\-=]{8,}\.(?:eyJ[0-9A-Za-z_\-=]{4,}|[0-9A-Za-z_\-]{16,})"
        r"(?:\.[0-9A-Za-z_\-+/=]*){0,3}",
        positives=("Bearer «eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx{alnum:20}.{alnum:43}»",),
        negatives=("the letters eyJ start a token",),
    ),
    Rule(
        name="password_hash",
        type="secret.password_hash",
        keywords=(r"\$[0-9a-z-]{1,10}\$|pbkdf2_sha|pbkdf2:sha",),
        pattern=r"\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|argon2(?:id|i|d)|scrypt|pbkdf2-sha(?:1|256"
        r"|512))\$"
        r"[0-9A-Za-z./$=,+_\-]{20,}|\bpbkdf2[_:]sha(?:1|256|512)[$:][0-9]+\$[0-9A-Za-z]{4,}\$"
        r"[0-9A-Za-z+/=]{20,}",
        positives=("root:«$6${alnum:8}${alnum:86}»:19000:0", "«$2b$12${alnum:53}»"),
    ),
)
