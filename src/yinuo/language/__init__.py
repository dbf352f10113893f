"""Understanding text, offline: words, languages, personal data, feeling, urgency, meaning, classes.

Every function takes text and gives values; nothing here reads the database or the clock. Texts of customers are
hostile until proven otherwise: everything is linear in the length of the text, or cuts it first.
"""
