"""Who may do and see what: accounts, roles, scopes, gates, encryption of personal fields, the access trail."""
