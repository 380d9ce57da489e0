"""Weights and devices: where models are found, and how they are loaded."""
