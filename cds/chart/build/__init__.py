"""From FHIR resources to the chart: the only place where the two meet."""
