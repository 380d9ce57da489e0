"""What tells that a film was made by a model: in its file always, in its picture where it is asked for."""
