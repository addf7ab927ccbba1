"""A Slack workspace on this machine: Web API, Events, Socket Mode, commands, buttons, and a page."""
