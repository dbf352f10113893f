"""Fills an empty database with the demo company, by running the house's own actions under a simulated clock.

The work is cut into steps; each is one transaction that ends with its own mark (`steps.py`), so a process may be
killed at any moment and another goes on. Several processes may fill at once.
"""
