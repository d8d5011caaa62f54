"""How true the embedded server is to a real one: recorded exchanges, asked again in their order."""
