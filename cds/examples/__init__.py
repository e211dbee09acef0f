"""Example requests with invented people: the warm-up order and the one that `make run` prints a curl line for."""

from importlib import resources
from importlib.resources.abc import Traversable

__all__ = ["ORDER_SIGN"]

ORDER_SIGN: Traversable = resources.files(__name__).joinpath("order-sign.json")
"""Baclofen 100 mg a day, United States, eGFR 25 mL/min/1.73 m²."""
