# Which of five equal agents race is no difference: one failure, one outcome, one trace; but each reproduces its own.
heddle run --sched=random --runs=100 --keep-going workers.wat 2>reports; echo "exit status $?"
grep '^reproduce' reports
heddle replay heddle.trace 2>&1 | head -n 1
heddle run --sched=random --runs=100 --keep-going --json workers.wat 2>/dev/null | grep -c agents_vary
