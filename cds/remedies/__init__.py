"""What would mend a finding: the clinical content of a card's suggestions, without FHIR and without words."""
