"""Puts the house together: settings, addresses, shell, shared components, the API root."""
