"""Front door of learning: re-exports the front doors of its parts, nothing else."""

__all__: list[str] = []
