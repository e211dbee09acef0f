"""CDS Hooks 2.0.1 on the wire: discovery, request envelope, response, errors and their JSON Schemas.

Nothing here knows a rule or a drug.
"""
