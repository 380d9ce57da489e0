"""The media root: where stills and clips lie."""
