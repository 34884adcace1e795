"""The classroom: hand out exercises, take submissions in, grade them."""
