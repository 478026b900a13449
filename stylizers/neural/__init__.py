"""Looks drawn by a network: any ONNX model that turns a picture into a picture."""
