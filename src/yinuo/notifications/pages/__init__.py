"""What staff see of their notifications."""
