"""The folder that Solara serves as its application; it holds nothing else."""
