"""Files that people upload, whatever program wrote them: recognised by content, bounded, and read as rows of text."""
