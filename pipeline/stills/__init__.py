"""How pictures are read: upright and in sRGB, what their subject is, what is cut, how sharp they are."""
