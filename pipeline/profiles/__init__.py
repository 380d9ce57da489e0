"""Profiles: a model and how it is run. The TOML files that come with the farm, and who reads them."""
