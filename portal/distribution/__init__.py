"""Distribution day: a session and its classes, the stations that scan, what each student received."""
