"""From the schema to input values: strategies and a plain generator over one set of rules."""
