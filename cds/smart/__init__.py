"""SMART App Launch from an EHR: what is asked and what is believed (`launch`), and how an EHR is reached (`asking`)."""
