heddle help validate
