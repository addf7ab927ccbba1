"""Menus whose options are asked for while somebody types."""
