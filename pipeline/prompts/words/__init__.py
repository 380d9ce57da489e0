"""The words that the prompt rules know, as lists."""
