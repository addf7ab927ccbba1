"""Modals that were sent off."""
