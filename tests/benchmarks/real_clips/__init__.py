"""Clips made of photographs that come with libraries: good ones, and the same with faults planted."""
