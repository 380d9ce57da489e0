"""Who renders for a run: workers in this process (`inline`) or in Ray actors (`ray`)."""
