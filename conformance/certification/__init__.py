"""A run made into a statement that others can check, offline. Signs, verifies, judges again."""
