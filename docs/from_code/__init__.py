"""The reference, told from the code itself: each function returns one page's part in Markdown."""
