"""Those who judge stills and clips, each by questions made from the prompt's own words."""
