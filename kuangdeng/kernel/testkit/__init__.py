"""What tests of all contexts share."""
