heddle debug --help
