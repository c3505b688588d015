heddle wast passing.wast >/dev/full
