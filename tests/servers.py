"""Real servers on loopback, started by the tests that ask for them."""
