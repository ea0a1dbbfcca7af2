"""Use-cases of privacy: write down who looked, give a copy, answer a right, erase, purge."""
