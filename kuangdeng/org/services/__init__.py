"""The verbs of the organisation, split by noun."""
