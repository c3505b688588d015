heddle run tree
