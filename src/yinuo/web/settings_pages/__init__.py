"""Everything configurable without code, by noun: mailboxes, mails needing a look, standards, calendars, people, health.

A page parses, makes one call and renders. What each role may do is decided by the actions; the sections shown are those
whose permission the person has.
"""
