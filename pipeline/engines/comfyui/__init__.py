"""Renders on ComfyUI servers: each take is one prompt of a server, followed, fetched and forgotten."""
