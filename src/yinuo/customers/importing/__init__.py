"""Reading customers from a table file: what kind of file it is, which column is what, and what a row says.

Nothing here writes; `customers.actions.importing` does.
"""
