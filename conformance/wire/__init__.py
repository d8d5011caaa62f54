"""The protocol over httpx. Knows no schema; only `transport` touches httpx."""
