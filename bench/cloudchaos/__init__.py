"""Chaos on AWS: pictures go through Loupe's functions while everything between them goes wrong."""
