"""谈心补考: who failed is talked with, then sits the make-up exam; who fails again is trained again. Nothing is forgotten."""
