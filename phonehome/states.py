"""Names of the packet's states, with a line on what each means.

Source: architecture.md §Status machines.
"""

from django.db import models


class PacketStatus(models.TextChoices):
    PENDING = "pending_operator_review", "pending operator review"
    APPROVED = "approved", "approved"  # ships when its delay is over
    SHIPPING = "shipping", "shipping"  # a worker has it
    SHIPPED = "shipped", "shipped"  # the issue exists
    REJECTED = "rejected", "rejected"  # ended; nothing left
    CHANGES_REQUESTED = "changes_requested", "changes requested"  # waits for a new revision
    EXPIRED = "expired", "expired"  # nobody decided in time; a new revision brings it back
    WITHDRAWN = "withdrawn", "withdrawn"  # ended by Clara; nothing left
    SHIP_FAILED = "ship_failed", "ship failed"  # known not to exist; the error says what is next
    OUTCOME_UNKNOWN = "outcome_unknown", "outcome unknown"  # may exist; looked for, never resent
    CROSSLINK_FAILED = "crosslink_failed", "cross-link failed"  # exists; local rows are missing


# A packet in one of these can still become an issue, or is one: there is at most one of them per
# incident and repository.
ENDED_WITHOUT_ISSUE = (PacketStatus.REJECTED, PacketStatus.WITHDRAWN)
# The database refuses each of these without a matching approval.
NEEDS_APPROVAL = (
    PacketStatus.APPROVED,
    PacketStatus.SHIPPING,
    PacketStatus.SHIPPED,
    PacketStatus.SHIP_FAILED,
    PacketStatus.OUTCOME_UNKNOWN,
    PacketStatus.CROSSLINK_FAILED,
)
# A new revision may replace the content, because nothing of it can have left.
REVISABLE = (
    PacketStatus.PENDING,
    PacketStatus.CHANGES_REQUESTED,
    PacketStatus.EXPIRED,
    PacketStatus.APPROVED,
    PacketStatus.SHIP_FAILED,
)


class Decision(models.TextChoices):
    APPROVED = "approved", "approved"
    REJECTED = "rejected", "rejected"
    CHANGES_REQUESTED = "changes_requested", "changes requested"


class ReviewSurface(models.TextChoices):
    DASHBOARD = "dashboard", "dashboard"
    CLI = "cli", "command line"


class RejectReason(models.TextChoices):
    CUSTOMER_CONTENT = "customer_content", "Holds customer content"
    NOT_PRODUCT = "not_product", "Not a product fault"
    ALREADY_KNOWN = "already_known", "Known or filed already"
    NOT_CLEAR = "not_clear", "Not clear enough to act on"
    OTHER = "other", "Other"


class ShipmentState(models.TextChoices):
    QUEUED = "queued", "queued"  # due at `not_before`
    CLAIMED = "claimed", "claimed"  # a worker holds the lease
    DONE = "done", "done"  # the issue exists
    WAITING = "waiting", "waits for an operator"
    CANCELLED = "cancelled", "cancelled"  # its approval is void


class AttemptPhase(models.TextChoices):
    CLAIMED = "claimed", "claimed"
    CREATING = "creating", "creating"  # from here on the issue may exist
    SETTLED = "settled", "settled"


class AttemptOutcome(models.TextChoices):
    CREATED = "created", "created"
    FOUND = "found", "found by its marker"
    FAILED = "failed", "failed, nothing was created"
    UNKNOWN = "unknown", "unknown"
    LOST = "lost", "lost its lease"
    ABSENT = "absent", "looked for long enough, not there"
