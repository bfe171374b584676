"""The terminal interface. It knows the core, the ports and the wording; the wiring hands it a Backend."""
