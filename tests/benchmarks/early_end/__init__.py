"""Shots of the toy world on their way through takes that may be ended early."""
