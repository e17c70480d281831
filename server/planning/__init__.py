"""What planners see of a study: from the command line, over gRPC, and as a page."""
