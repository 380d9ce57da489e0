"""What hears the farm's events: metrics, logs, notifications."""
