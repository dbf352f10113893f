"""The doors of a case besides the desk and the portal: its files and mails as they came."""
