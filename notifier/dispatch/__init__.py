"""Sending: every due message once, and never two in doubt on one connection."""

from notifier.dispatch.deliver import Delivery, deliver
from notifier.dispatch.owner import owner_is_dead, this_owner
from notifier.dispatch.prepare import Renderer

__all__ = ["Delivery", "Renderer", "deliver", "owner_is_dead", "this_owner"]
