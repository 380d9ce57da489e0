"""How prompts are read, English and Chinese: words, clauses, who acts, and the rules that cut."""
