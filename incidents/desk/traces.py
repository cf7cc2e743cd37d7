"""Stack traces in a text: Python, JavaScript, Java, Go and Rust, found line by line."""

import re
from dataclasses import dataclass

_PYTHON_CHAIN = ("During handling of the above exception", "The above exception was the direct")
_PYTHON_FRAME = re.compile(r'File "([^"\n]{1,1000})", line \d{1,9}')
_AT_FRAME = re.compile(r"\s*at \S")
_AT_PLACE = re.compile(r":\d{1,9}\)?$|\((?:Native Method|Unknown Source|native|<anonymous>)\)$")
_JAVA_TAIL = re.compile(r"\s*(?:Caused by: |Suppressed: |\.\.\. \d{1,6} (?:more|common))")
_GO_FRAME = re.compile(r"\s+\S[^\n]{0,1000}\.go:\d{1,9}")
_RUST_FRAME = re.compile(r"\s{0,8}\d{1,5}: \S|\s{1,40}at \S|stack backtrace:|note: ")
_LIBRARY_MARKS = (
    "site-packages", "dist-packages", "node_modules", "node:internal", "/usr/lib", "/usr/local/lib",
    "lib/python3", "/.cargo/", "/rustc/", "/go/pkg/mod", "/usr/local/go", "java.base", "java.util",
    "java.lang", "<frozen", "<anonymous>", "<string>", "<stdin>",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trace:
    """Lines `start` (inclusive) to `end` (exclusive) of a text, and the language's name."""

    start: int
    end: int
    language: str


def find_traces(lines: list[str]) -> list[Trace]:
    """Every stack trace among the lines, in order, none overlapping."""
    found: list[Trace] = []
    index = 0
    while index < len(lines):
        trace = _trace_at(lines, index)
        if trace is None:
            index += 1
        else:
            found.append(trace)
            index = trace.end
    return found


def _trace_at(lines: list[str], index: int) -> Trace | None:
    line = lines[index]
    if "Traceback (most recent call last)" in line:
        return Trace(index, _python_end(lines, index), "Python")
    if " panicked at " in line and "thread '" in line:
        # Newer compilers end the head with a colon and put the message on a line of its own.
        message = 2 if line.rstrip().endswith(":") else 1
        return Trace(index, _run(lines, index + message, _RUST_FRAME), "Rust")
    if line.lstrip().startswith(("panic: ", "fatal error: ")) and _goroutine_near(lines, index):
        return Trace(index, _go_end(lines, index), "Go")
    if line.strip() and index + 1 < len(lines) and _is_at_frame(lines[index + 1]):
        end = index + 1
        while end < len(lines) and (_is_at_frame(lines[end]) or _JAVA_TAIL.match(lines[end])):
            end += 1
        java = any(".java:" in row or ".kt:" in row for row in lines[index:end])
        return Trace(index, end, "Java" if java else "JavaScript")
    return None


def _is_at_frame(line: str) -> bool:
    # A frame is short; the search for the place would be wasted on a line that is not one.
    return len(line) <= 2000 and bool(_AT_FRAME.match(line) and _AT_PLACE.search(line.rstrip()))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _python_end(lines: list[str], start: int) -> int:
    """Frames are indented deeper than the head; the exception line closes, unless chained."""
    base, index = _indent(lines[start]), start + 1
    while index < len(lines) and lines[index].strip() and _indent(lines[index]) > base:
        index += 1
    if index < len(lines) and lines[index].strip():
        index += 1  # the exception's own line
    after = _skip_blank(lines, index)
    if after < len(lines) and lines[after].lstrip().startswith(_PYTHON_CHAIN):
        head = _skip_blank(lines, after + 1)
        if head < len(lines) and "Traceback (most recent call last)" in lines[head]:
            return head  # the chained trace follows as the next one, without a gap
    return index


def _skip_blank(lines: list[str], index: int) -> int:
    while index < len(lines) and not lines[index].strip():
        index += 1
    return index


def _run(lines: list[str], index: int, pattern: re.Pattern[str]) -> int:
    index = min(index, len(lines))
    while index < len(lines) and pattern.match(lines[index]):
        index += 1
    return index


def _goroutine_near(lines: list[str], index: int) -> bool:
    return any("goroutine " in line for line in lines[index + 1 : index + 8])


def _go_end(lines: list[str], start: int) -> int:
    """Go writes a function line, then an indented place; blank lines part the goroutines."""
    end = start + 1
    for index in range(start + 1, len(lines)):
        line = lines[index]
        if _GO_FRAME.match(line) or line.startswith(("goroutine ", "exit status ", "[signal ")):
            end = index + 1
        elif index - end > 3:
            break
    return end


def innermost_place(trace_lines: list[str]) -> str | None:
    """The file or call in which the fault was raised, or None where the trace names none."""
    python = [match.group(1) for line in trace_lines if (match := _PYTHON_FRAME.search(line))]
    if python:
        return python[-1]
    for line in trace_lines:
        if _is_at_frame(line) or _GO_FRAME.match(line):
            return line.strip()
        if " panicked at " in line:
            return line.split(" panicked at ", 1)[1].strip()[:500]
    return None


def is_library_place(place: str) -> bool:
    """Whether a place lies in an installed library or the language itself."""
    return any(mark in place for mark in _LIBRARY_MARKS)
