heddle valdate x
