"""The many ways in which the scorer hears the world's motions told, in English and Chinese."""
