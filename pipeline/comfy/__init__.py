"""What a ComfyUI graph says: read, flattened, walked by its wiring, and written again. Values alone: no server."""
