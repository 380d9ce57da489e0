"""What the farm says to people, whether a terminal or a page shows it."""
