"""The stages of a take, and where else it may be."""

STAGES = ("prepare", "precheck", "text", "denoise", "decode", "check", "score", "encode")
"""The steps of a take in their order; `pipeline.take` runs them, metrics are labelled with them."""
TAIL = STAGES[5:]
"""Those of them that never ask the engine: they may run beside another take's."""
WAITING = "waiting"
"""Where a take is that is in none of them: another take of its worker, or of its server, comes first."""
LOADING = "loading"
"""Where a take is whose server reads models and tells no steps; its seconds are those of `denoise`."""
