"""The shell's own tables, each in its sub-package; Django looks for them here."""

from kuangdeng.web.screens.models import PairingCode, Screen, ScreenMessage, ScreenPolicy

__all__ = ["PairingCode", "Screen", "ScreenMessage", "ScreenPolicy"]
