"""The mine's clock turned on, for every thread of the live server."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from kuangdeng.kernel import clock


class Turned:
    """The clock, as far ahead of the real one as it was turned."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        turned = self

        class Shifted(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                return datetime.now(tz) + turned.ahead

        self.ahead = timedelta()
        monkeypatch.setattr(clock, "datetime", Shifted)

    def on(self, **span: float) -> None:
        """So much time goes by."""
        self.ahead += timedelta(**span)
