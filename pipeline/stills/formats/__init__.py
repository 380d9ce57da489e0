"""What picture files say of themselves, and the formats that need a reader of their own."""
