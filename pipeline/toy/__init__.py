"""A tiny world's place: coloured shapes that move, and the tiny Wan and CLIP that belong to it.

Both models have the classes and the structure of the large ones, with random weights for now; what
trains them on that world belongs here too.
"""
