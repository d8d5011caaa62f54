"""The embedded server. Shares the schema model with the judge and not one line of protocol code."""
