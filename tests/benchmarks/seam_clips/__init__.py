"""Clips of two segments, clean ones and ones with a planted fault, for `tests.benchmarks.seams`."""
