heddle --help
