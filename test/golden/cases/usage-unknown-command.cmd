heddle frobnicate
