heddle run --timeout=1 functions.wat --invoke spin
