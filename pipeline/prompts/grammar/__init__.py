"""How prompts are read, English and Chinese: languages, notation, clauses, who acts, what is asked."""
