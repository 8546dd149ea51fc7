"""Front door of the hazard loop."""
