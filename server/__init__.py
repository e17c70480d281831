"""The outside: gRPC services, command line, settings, wiring."""
