"""The vocabulary: frozen value objects and enums that every room shares; imports nothing above it."""
