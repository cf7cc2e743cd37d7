"""The demo: a stack in a temporary folder, one report, one issue, one answer.

python -m prism_care.demo [--github-stand-in] [--keep-env] [--keep-folder]
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NoReturn

from prism_care.demo.background import Background
from prism_care.demo.environment import demo_environment
from prism_care.demo.failure import DemoFailed
from prism_care.demo.issues import filed_in_folder, filed_through_gh
from prism_care.demo.story import Story
from prism_care.stack import banner

_READY_SECONDS = 90.0
_STAND_IN_SECONDS = 20.0


def main(arguments: Sequence[str] | None = None) -> int:
    """0 only when one issue was filed and the reporter's inbox holds the answer."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _end)
    folder = Path(tempfile.mkdtemp(prefix="prism-care-demo-"))
    programs: list[Background] = []
    started = time.monotonic()
    try:
        _run(options, folder, programs)
    except DemoFailed as failure:
        for program in reversed(programs):
            sys.stderr.write(f"\n--- last lines of {program.name} ---\n{program.tail()}\n")
        sys.stderr.write(f"demo   | FAILED: {failure}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("demo   | interrupted\n")
        return 130
    finally:
        if options.keep_folder:
            _say(f"everything is kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    _say(f"done in {time.monotonic() - started:.1f} s: filed once, answered")
    return 0


def _run(options: argparse.Namespace, folder: Path, programs: list[Background]) -> None:
    environ = dict(os.environ)
    with ExitStack() as ends:
        if options.github_stand_in:
            stand_in = Background(
                "the stand-in GitHub",
                ["-m", "tests.standins.github", "--dir", str(folder / "github")],
                environ,
            )
            programs.append(stand_in)
            ends.callback(stand_in.end)
            ready = stand_in.wait_for(_gh_config_folder, _STAND_IN_SECONDS)
            environ |= {"GH_CONFIG_DIR": ready, "GITHUB_TRANSPORT": "gh"}
            environ.pop("GH_TOKEN", None)
        environ = demo_environment(environ, folder / "var", keep=options.keep_env)
        started = time.monotonic()
        stack = Background("the stack", ["manage.py", "run_stack"], environ)
        programs.append(stack)
        ends.callback(stack.end)
        welcome = stack.wait_for(banner.parse, _READY_SECONDS)
        _say(f"the stack is ready at {welcome.address}  [{time.monotonic() - started:.2f} s]")
        _say(f"issues go to {welcome.issues}")
        count = partial(filed_in_folder, folder / "var" / "issues")
        if welcome.issues.startswith("gh:"):
            count = partial(filed_through_gh, environ)
        story = Story(welcome, count, _say, partial(_require_running, stack))
        story.tell()
        ending = time.monotonic()
        code = stack.end()
        if code != 0:
            raise DemoFailed(f"the stack ended with exit code {code}")
        story.require_one_issue()
        _say(f"the stack has ended, still one issue  [{time.monotonic() - ending:.2f} s]")


def _require_running(stack: Background) -> None:
    if stack.has_ended():
        raise DemoFailed(f"the stack ended with exit code {stack.end()}")


def _gh_config_folder(printed: str) -> str | None:
    for line in printed.splitlines(keepends=True):
        if line.startswith("ready GH_CONFIG_DIR=") and line.endswith("\n"):
            return line.partition("=")[2].strip()
    return None


def _say(text: str) -> None:
    sys.stdout.write(f"demo   | {text}\n")
    sys.stdout.flush()


def _end(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--github-stand-in", action="store_true", help="the real gh against a stand-in GitHub"
    )
    parser.add_argument(
        "--keep-env", action="store_true", help="use DATABASE_URL and CELERY_BROKER_URL as set"
    )
    parser.add_argument("--keep-folder", action="store_true", help="do not remove the folder")
    return parser


if __name__ == "__main__":
    sys.exit(main())
