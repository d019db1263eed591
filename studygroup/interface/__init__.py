"""What ``import studygroup as sg`` offers to notebooks and people; no later move of a module changes it."""
