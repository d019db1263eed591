"""What is done by itself when it is due, in which place, and the workflows that have GitHub do it."""
