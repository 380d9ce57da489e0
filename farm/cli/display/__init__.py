"""How values are shown to people: tables, sentences, the live display."""
