heddle explore --help
