"""What schools export, read into one shape: files in, records and findings out. Nothing here touches the database."""
