"""The layers of the system from the bottom up, for the tests that keep them."""

LAYERS = ("kernel", "ledger", "org", "hazards", "web", "config")


def rank(module: str) -> int | None:
    """How high a module lies; None for what is not ours."""
    parts = module.split(".")
    if parts[0] != "kuangdeng" or len(parts) < 2 or parts[1] not in LAYERS:
        return None
    return LAYERS.index(parts[1])
