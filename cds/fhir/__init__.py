"""Lenient reading of FHIR: R4 first, the shapes of R5 and STU3 where orders carry them."""
