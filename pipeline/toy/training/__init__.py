"""Trains the toy's models from nothing: a file for each part, and the loop and the workshop they share."""
