"""What makes frames of a recipe."""
