"""Pages of the daily item: for who answers, for who leads a team, for who sets it."""
