"""The registry of the French programme (RTU)."""
