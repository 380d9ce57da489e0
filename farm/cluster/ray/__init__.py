"""A cluster of Ray actors, its sessions, its jobs and its logs."""
