"""What arranges forms on a screen: tabs, folds, a checklist of steps."""
