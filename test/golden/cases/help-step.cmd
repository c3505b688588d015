heddle step --help
