"""What the toy world shows about the farm's ideas; `protocol.md` says how."""
