"""The loop of a run, and what it minds: what is in flight, its fleet, its outbox, outages, disk space."""
