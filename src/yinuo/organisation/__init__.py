"""The house itself: regions, departments, teams, posts, staff with their skills, shifts and presence."""
