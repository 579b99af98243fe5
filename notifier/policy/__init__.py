"""A policy, its versions, sections and sentences."""
