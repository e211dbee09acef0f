"""Pure functions and value types: dose arithmetic, products, renal function. Imports nothing of ours."""
