"""What a ComfyUI graph says, and a take as one: rules of values alone, without any server."""
