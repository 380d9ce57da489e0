"""Content credentials (C2PA): signed claims on how a film was made, and what they say of one."""
