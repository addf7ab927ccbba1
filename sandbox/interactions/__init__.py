"""What a person does beyond writing: slash commands, buttons, message shortcuts, modals."""
