heddle version 1
