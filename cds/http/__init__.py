"""HTTP without medicine: bodies within bounds, answers to what went wrong, limits on load.

Nothing here reads a request's content.
"""
