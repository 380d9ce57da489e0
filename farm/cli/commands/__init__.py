"""The commands: each parses, calls one operation and hands its value to be shown."""
