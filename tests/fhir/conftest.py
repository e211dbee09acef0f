"""The first instruction in words builds the grammar: no example is slow because of that."""

from hypothesis import settings

settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")
