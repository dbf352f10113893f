"""The doors of a case besides the desk: its files, and the customer's tracking page."""
