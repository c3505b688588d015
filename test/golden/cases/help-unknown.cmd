heddle help frobnicate
