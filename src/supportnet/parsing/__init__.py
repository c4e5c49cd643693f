"""What importers share below their formats: times and texts."""
