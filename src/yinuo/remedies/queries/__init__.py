"""Reads of remedies; those of people's data begin at `visible_to`."""
