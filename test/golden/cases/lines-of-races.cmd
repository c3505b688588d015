. lines/compile
compile racy
script racy count >race.wast
# How many races there are, and at which steps, depends on what the linker writes to fill the memory.
heddle wast --sched=rr race.wast 2>&1 | hide_offsets | grep '#' | sort -u
