"""A made-up group with thirteen weeks behind it: what it said and did, and what enters that into a workbook."""
