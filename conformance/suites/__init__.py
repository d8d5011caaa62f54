"""The pytest modules that judge a server: arrange, act, hand over to an oracle."""
