"""The trade-flow monitor: sources, imports, lake, rollups, flows."""
