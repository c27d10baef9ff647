"""The parts of rd-sim-model, the stand-in for the OpenAI Realtime server (tests and demo)."""
