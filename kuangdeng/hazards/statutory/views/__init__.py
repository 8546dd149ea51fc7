"""Pages of legal reports."""
