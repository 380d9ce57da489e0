"""Delivers finished clips: copied and checked one by one, then listed, with a sheet to look at."""
