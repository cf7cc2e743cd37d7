"""What can go wrong at the stand-in GitHub, by name."""

import threading
from dataclasses import dataclass, replace
from typing import Any

CREATE = "create"


@dataclass(frozen=True)
class Fault:
    """One kind of trouble.

    `operation` names the requests it hits (None: any); `when` "after" means that the request is
    carried out first; `times` how often it strikes (None: until cleared); `seconds` how late an
    issue shows in listings (None: when `reveal()` is called).
    """

    name: str
    how: str
    operation: str | None = None
    when: str = "before"
    times: int | None = 1
    seconds: float | None = None


_KNOWN = (
    Fault("create_then_drop", "drop", CREATE, "after"),
    Fault("create_then_truncate", "truncate", CREATE, "after"),
    Fault("create_then_500", "500", CREATE, "after"),
    Fault("create_then_502", "502", CREATE, "after"),
    Fault("create_then_wrong", "something_went_wrong", CREATE, "after"),
    Fault("create_then_hang", "hang", CREATE, "after"),
    Fault("create_then_empty", "empty", CREATE, "after"),
    Fault("create_then_blank", "blank", CREATE, "after"),
    Fault("create_then_garbage", "garbage", CREATE, "after"),
    Fault("late_create", "drop", CREATE, "late"),
    Fault("late_create_500", "500", CREATE, "late"),
    Fault("drop_before_create", "drop", CREATE),
    Fault("hang_before_create", "hang", CREATE),
    Fault("label_missing", "label_missing", "label_lookup"),
    Fault("drop", "drop"),
    Fault("truncate", "truncate"),
    Fault("hang", "hang"),
    Fault("empty", "empty"),
    Fault("garbage", "garbage"),
    Fault("500", "500"),
    Fault("502", "502"),
    Fault("401", "401"),
    Fault("403", "403"),
    Fault("saml", "saml"),
    Fault("repo_missing", "repo_missing"),
    Fault("primary_limit", "primary_limit"),
    Fault("secondary_limit", "secondary_limit"),
    Fault("too_quickly", "too_quickly", CREATE),
    Fault("forbidden", "forbidden", CREATE),
)
KNOWN = {fault.name: fault for fault in _KNOWN}


class Faults:
    """The troubles still to come, first in first out; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def inject(self, name: str, **changes: Any) -> None:
        """Arm the fault called `name`; `operation`, `times` and `seconds` may be changed."""
        fault = replace(KNOWN[name], **changes)
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def take(self, operation: str) -> Fault | None:
        """The fault that strikes this request, used up by one; None when all is well."""
        with self._lock:
            for index, fault in enumerate(self._waiting):
                if fault.operation not in {None, operation}:
                    continue
                if fault.times is not None:
                    left = replace(fault, times=fault.times - 1)
                    self._waiting[index : index + 1] = [left] if left.times else []
                return fault
        return None
