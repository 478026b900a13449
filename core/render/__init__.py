"""The engine under `core.pipeline`: what decides, draws, keeps and joins."""
