"""The pages of the playground: a form, and beside it, live, what the service makes of it."""
