"""Programs that some tests need and some machines lack."""

import os
import shutil

import pytest


def require_program(name: str) -> str:
    """The path of `name`; skips the test where it is missing, fails it there when CI=true."""
    path = shutil.which(name)
    if path is None:
        reason = f"{name} is not installed"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"{reason}, and CI=true", pytrace=False)
        pytest.skip(reason)
    return path
