"""Where the pictures lie that people hand in, below the media root. Pure."""

PICTURES = "pictures"
HANDED_IN = f"{PICTURES}/handed-in"
"""Those of lists that were handed in at a desk, each list in a folder of its own."""
LOOKED_AT = f"{PICTURES}/looked-at"
"""Lists with their pictures until they are handed in. No row of a database names anything there."""
