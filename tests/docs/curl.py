"""Stands in for `curl` while the agent guide is run, and notes each answer's status in $STATUSES.

Runs the program named by $REAL_CURL; without one it does the few things the guide asks of it.
"""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

_MARK = "\nstatus="


def main(arguments: list[str]) -> int:
    real = os.environ.get("REAL_CURL")
    status, body, code = _really(real, arguments) if real else _translated(arguments)
    with Path(os.environ["STATUSES"]).open("a") as statuses:
        statuses.write(f"{status}\n")
    sys.stdout.write(body)
    return code


def _really(program: str, arguments: list[str]) -> tuple[str, str, int]:
    done = subprocess.run(
        [program, *arguments, "-w", f"{_MARK}%{{http_code}}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    body, _, status = done.stdout.rpartition(_MARK)
    return status, body, done.returncode


def _translated(arguments: list[str]) -> tuple[str, str, int]:
    method, data, url, headers = "", None, "", {}
    left = iter(arguments)
    for argument in left:
        match argument:
            case "-sS":
                continue
            case "-X":
                method = next(left)
            case "-d":
                data = next(left).encode()
            case "-H":
                name, _, value = next(left).partition(": ")
                headers[name] = value
            case _ if argument.startswith("-"):
                sys.exit(f"the guide uses {argument}, which tests/docs/curl.py does not know")
            case _:
                url = argument
    request = urllib.request.Request(
        url, data=data, headers=headers, method=method or ("GET" if data is None else "POST")
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return str(answer.status), answer.read().decode(), 0
    except urllib.error.HTTPError as error:
        return str(error.code), error.read().decode(), 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
