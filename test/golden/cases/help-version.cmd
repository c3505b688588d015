heddle version --help
