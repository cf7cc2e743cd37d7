"""DRF permission that asks the one guard."""

from typing import Any

from rest_framework.permissions import BasePermission

from access import policy
from kernel.errors import AUTHENTICATION_REQUIRED, CareError


class GuardedByPolicy(BasePermission):
    """The view says per method which action it is: `actions = {"GET": "bridge.signal.read"}`."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if request.user is None:
            raise CareError(AUTHENTICATION_REQUIRED)
        # DRF answers HEAD with the view's GET, so it is guarded as one.
        method = "GET" if request.method == "HEAD" else request.method
        action = view.actions.get(method)
        if action is None:
            return True  # DRF answers 405 for it
        policy.require(request.user, action)
        return True
