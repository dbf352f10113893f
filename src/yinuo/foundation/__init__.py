"""What every other folder stands on: the clock, calendars, facts, refusals, money, references, the database."""
