"""What we offer in general: service standards in an ordered list, with versions."""
