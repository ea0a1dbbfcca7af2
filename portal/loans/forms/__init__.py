"""Forms of the loan: the family's, and the head's."""
