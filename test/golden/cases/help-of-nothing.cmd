heddle help
