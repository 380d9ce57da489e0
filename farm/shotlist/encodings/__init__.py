"""In which encoding a text was written, and whether it was read in a wrong one."""
