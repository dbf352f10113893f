"""Who gets a new case, and what it is about."""
