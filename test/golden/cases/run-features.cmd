heddle run memories.wat --invoke f
heddle run --features=-multi-memory memories.wat --invoke f
