"""Intrathecal baclofen: test doses, the pump's dose, its drug, its surroundings."""
