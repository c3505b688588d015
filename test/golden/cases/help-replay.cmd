heddle replay --help
