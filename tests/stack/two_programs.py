"""A supervisor over the programs named on the command line, as a process that tests can kill.

python two_programs.py FOLDER GRACE_SECONDS NAME=CODE...
"""

import signal
import sys
from pathlib import Path

from prism_care.stack.lock import lock_folder
from prism_care.stack.supervisor import Program, Supervisor


def main() -> int:
    # Whoever started the tests may have told them to outlive a hang-up; the supervisor would too.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    folder, grace = Path(sys.argv[1]), float(sys.argv[2])
    programs = []
    for argument in sys.argv[3:]:
        name, _, code = argument.partition("=")
        programs.append(Program(name, [sys.executable, "-S", "-u", "-c", code], grace))
    return Supervisor(programs, sys.stdout.buffer, folder, held=(lock_folder(folder),)).run()


if __name__ == "__main__":
    sys.exit(main())
