heddle step
