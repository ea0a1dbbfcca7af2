"""The loan: one student, one kit, one thread from the request to the end of studies."""
