"""A real browser, started by the tests that ask for it."""
