"""The app: pages that show state and write intents; everything else lives below it."""
