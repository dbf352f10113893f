"""Who we serve: people and companies, and the identities by which they reach us."""
