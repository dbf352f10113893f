"""Carrying mail: IMAP and SMTP clients, local Maildirs behind the same doors, and mail files. Understands no mail."""
