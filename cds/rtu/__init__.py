"""The registry of the French programme (RTU): prescribers, patients under a pseudonym, visits, opinions and stops.

Knows values of the chart and the store; no rules, no cards, no pages. HTTP stands in `lookup` and `remote` only.
"""
