"""ONNX files read as data and run: what every look drawn by a network shares."""
