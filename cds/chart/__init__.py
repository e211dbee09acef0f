"""One patient as the rules see it. `model` is the contract; `build` makes it from FHIR resources."""
