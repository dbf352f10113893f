"""Who gets a new case: the first form of sorting and choice of person."""
