heddle run -h
