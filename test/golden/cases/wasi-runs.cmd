echo "a line" >stream
heddle run --sched=random --jobs=1 --runs=3 --keep-going --stdin=stream wasi.wat; echo "exit status $?"
echo "not read" | heddle run --sched=random --jobs=1 --runs=3 wasi.wat; echo "exit status $?"
