"""The first run of an empty installation: five screens from nothing to the first case."""
