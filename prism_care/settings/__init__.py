"""Settings, one file per concern, all chosen by the environment.

`PRISM_MODE` is `embedded` (SQLite, no broker, one machine; the default) or `production`. Both run
the same code: a mode only decides which settings may fall back to a default.
"""

from prism_care.settings.base import *  # noqa: F403
from prism_care.settings.cache import *  # noqa: F403
from prism_care.settings.care import *  # noqa: F403
from prism_care.settings.database import *  # noqa: F403
from prism_care.settings.http import *  # noqa: F403
from prism_care.settings.logs import *  # noqa: F403
from prism_care.settings.mail import *  # noqa: F403
from prism_care.settings.pages import *  # noqa: F403
from prism_care.settings.queue import *  # noqa: F403
from prism_care.settings.rest import *  # noqa: F403
from prism_care.settings.security import *  # noqa: F403
