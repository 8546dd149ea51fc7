"""What the shell does by itself, each in its sub-package; the queue looks for jobs here."""

from kuangdeng.web.channels.jobs import escalate_unread
from kuangdeng.web.screens.jobs import watch_screens

__all__ = ["escalate_unread", "watch_screens"]
