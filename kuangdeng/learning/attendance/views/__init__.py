"""Pages of the sign-in: the leader's room, the phone that scans, the device at the door."""
