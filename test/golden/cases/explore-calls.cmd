# A second call of a function that spins is not another round of the first one's loop.
heddle explore spin-twice.wast
