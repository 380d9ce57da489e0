"""Read-only questions to the database, answered with frozen values."""
