"""One module for each kind of channel; engine.capture.registry knows them by name."""
