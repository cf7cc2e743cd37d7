from typing import Any

import pytest

from tests.cast import Cast
from tests.incidents.lesson.cases import Case


@pytest.fixture
def case(cast: Cast, settings: Any) -> Case:
    """Opened by Sage; the agents act, not the built-in desk."""
    settings.DESK_MODE = "agents"
    return Case(cast)
