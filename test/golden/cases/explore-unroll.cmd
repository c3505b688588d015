# Loops that never end: stopped after so many rounds; a race in them is found.
heddle explore --unroll=2 --agent=count --agent=look endless.wat
heddle explore --unroll=1 --preemptions=1 --agent=count --agent=count endless.wat
heddle explore --unroll=2 --trace-dir=traces --agent=tick --agent=peek endless.wat
heddle explore --steps=8 --races=off --agent=count --agent=look endless.wat
heddle explore --unroll=0 --agent=count endless.wat; echo "exit status $?"
