"""The rim: chat services, the screen, the command line, and the joining of it all."""
