"""What is current: the last record of each subject, who is on the roster, who was erased."""
