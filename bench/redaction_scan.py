"""Speed of `redaction.scan` on bodies of 1, 10 and 60 KiB: `python bench/redaction_scan.py`.

Log-, chat- and config-shaped text is made at run time, with a finding every few lines as incident
reports have them. The baseline, measured in the same run, is one pass of a single e-mail pattern
with the standard library's `re`: the least that any scanner does.
"""

from __future__ import annotations

import random
import re
import statistics
import string
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from redaction import scan

SIZES_KIB = (1, 10, 60)
SECONDS_PER_CASE = 0.6
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")

WORDS = [
    "the",
    "request",
    "worker",
    "failed",
    "after",
    "retry",
    "while",
    "job",
    "queue",
    "was",
    "draining",
    "because",
    "connection",
    "to",
    "upstream",
    "closed",
    "before",
    "response",
    "headers",
    "could",
    "be",
    "read",
    "and",
    "cache",
    "entry",
    "expired",
    "so",
    "deployment",
    "rolled",
    "back",
    "to",
    "previous",
    "release",
    "with",
    "no",
    "data",
    "lost",
    "however",
    "some",
    "users",
    "saw",
    "an",
    "error",
    "page",
]


def _random(chance: random.Random, size: int) -> str:
    return "".join(chance.choices(string.ascii_letters + string.digits, k=size))


def log_line(chance: random.Random) -> str:
    minute, second, milli = chance.randrange(60), chance.randrange(60), chance.randrange(1000)
    stamp = f"2026-11-20T10:{minute:02}:{second:02}.{milli:03}Z"
    level = chance.choice(("INFO", "WARN", "ERROR", "DEBUG"))
    line = f"{stamp} {level} worker.{chance.choice(WORDS)}[{chance.randrange(9999)}]: " + " ".join(
        chance.choices(WORDS, k=chance.randrange(6, 14))
    )
    extra = chance.randrange(12)
    if extra == 0:
        line += f" peer=10.2.{chance.randrange(255)}.{chance.randrange(255)}:443"
    elif extra == 1:
        line += f" request_id={_random(chance, 22)} duration={chance.random():.4f}"
    elif extra == 2:
        line += f" path=/srv/shop/releases/{chance.randrange(99)}/app.py"
    elif extra == 3:
        module, number = chance.choice(WORDS), chance.randrange(999)
        line = f'  File "/usr/lib/python3.11/asyncio/{module}.py", line {number}'
    return line


def chat_line(chance: random.Random) -> str:
    line = f"{chance.choice(('Ada', 'Kofi', 'Mei'))}: " + " ".join(
        chance.choices(WORDS, k=chance.randrange(5, 25))
    )
    if chance.randrange(15) == 0:
        line += f" mail {chance.choice(WORDS)}.{chance.choice(WORDS)}@acme-shop.de 🙂"
    return line


def config_line(chance: random.Random) -> str:
    key = "_".join(chance.choices(WORDS, k=2)).upper()
    kind = chance.randrange(10)
    if kind == 0:
        return f"{key}_PASSWORD={_random(chance, 14)}"
    if kind == 1:
        return f"{key}_URL=https://{chance.choice(WORDS)}.acme.internal:8443/v1"
    if kind == 2:
        return f"  image: registry/{chance.choice(WORDS)}@sha256:{chance.randbytes(32).hex()}"
    return f"{key}={chance.choice((str(chance.randrange(9999)), 'true', chance.choice(WORDS)))}"


SHAPES: dict[str, Callable[[random.Random], str]] = {
    "log": log_line,
    "chat": chat_line,
    "config": config_line,
}


def body(shape: str, size: int) -> str:
    chance = random.Random(f"{shape}{size}")
    lines: list[str] = []
    length = 0
    while length < size:
        lines.append(SHAPES[shape](chance))
        length += len(lines[-1]) + 1
    return "\n".join(lines)[:size]


def median_seconds(call: Callable[[], object]) -> float:
    call()  # RE2 builds its automata on first use
    taken = []
    until = time.perf_counter() + SECONDS_PER_CASE
    while time.perf_counter() < until or len(taken) < 5:
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    print(
        f"{'body':>7} {'KiB':>4} {'findings':>8} {'scan ms':>8} {'MB/s':>6}"
        f" {'re ms':>7} {'ratio':>6}"
    )
    for shape in SHAPES:
        for kib in SIZES_KIB:
            text = body(shape, kib * 1024)
            ours = median_seconds(lambda text=text: scan(text))
            plain = median_seconds(lambda text=text: EMAIL.findall(text))
            print(
                f"{shape:>7} {kib:>4} {len(scan(text)):>8} {ours * 1e3:>8.2f}"
                f" {len(text) / ours / 1e6:>6.1f} {plain * 1e3:>7.2f} {ours / plain:>6.1f}"
            )
    print("ratio: scan time over one pass of one e-mail pattern with the standard library's re")


if __name__ == "__main__":
    main()
