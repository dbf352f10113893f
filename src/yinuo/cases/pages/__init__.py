"""The doors people use: the workbench, what is done on it, files, and the customer's tracking page."""
