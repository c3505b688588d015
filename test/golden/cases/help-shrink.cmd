heddle shrink --help
