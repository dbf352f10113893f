"""The doors of the customers: pages by link, by sign-in, and for everybody."""
