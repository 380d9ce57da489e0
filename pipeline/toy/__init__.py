"""A tiny world of coloured shapes that move, and the tiny Wan and CLIP that were trained on it.

Both models have the classes and the structure of the large ones and come with the package, so that
what decides about takes can be seen, tested and measured on any machine.
"""
