"""The rules of the farm as values and pure functions: no SQL, no Ray, no clock of their own."""
