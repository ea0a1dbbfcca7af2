"""What people are told, in French: a word readable at two metres, then a sentence."""
