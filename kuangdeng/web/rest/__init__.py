"""The JSON API under /api/v1/: programs use the same verbs as people, with a personal token."""
