"""Pages of the book rooms: for the reader, for who keeps the rooms, for the kiosk."""
