"""Flask and SQLAlchemy glue; knows no feature."""
