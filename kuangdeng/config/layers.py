"""The layers of the system from the bottom up, for the tests that keep them."""

LAYERS: tuple[tuple[str, ...], ...] = (
    ("kernel",), ("ledger",), ("org",), ("hazards", "learning"), ("web",), ("config",)
)  # fmt: skip
"""Packages that stand side by side know nothing of each other."""


def rank(module: str) -> int | None:
    """How high a module lies; None for what is not ours."""
    parts = module.split(".")
    if parts[0] != "kuangdeng" or len(parts) < 2:
        return None
    return next((height for height, packages in enumerate(LAYERS) if parts[1] in packages), None)


def may_lean_on(module: str, other: str) -> bool:
    """Whether tables of one module may point at those of the other: downwards, or within the package."""
    mine, theirs = rank(module), rank(other)
    if mine is None or theirs is None:
        return True
    return theirs < mine or module.split(".")[1] == other.split(".")[1]
