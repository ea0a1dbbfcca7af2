"""Use-cases of the distribution."""
