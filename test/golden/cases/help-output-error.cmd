heddle --help >/dev/full
