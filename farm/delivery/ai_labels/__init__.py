"""What tells that a film was made by a model: in its file always, in its picture where that is asked for."""
