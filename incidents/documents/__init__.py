"""Documents of seed 002: `incident_record` and `incident_postmortem_link`, as YAML and JSON."""
