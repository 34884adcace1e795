"""Pictures: one look for all of them, attention views, training while it happens, widgets to play with."""
