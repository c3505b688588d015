heddle version | sed "s/[0-9][0-9.]*$/VERSION/"
heddle --version | sed "s/[0-9][0-9.]*$/VERSION/"
