"""Loans in every state, so that no screen of the demo is empty. Played through the same use-cases as real life."""
