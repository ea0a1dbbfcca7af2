"""Students, their guardians, and who may sign for whom."""
