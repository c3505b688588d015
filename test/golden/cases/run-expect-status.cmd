status() { heddle run "$@"; echo "exit status $?"; }
status --sched=rr status.wat; status --sched=rr --expect-status=6 status.wat; status --sched=rr --expect-status=7 status.wat; status --expect-status=2 status.wat --invoke zero; status --expect-status=256 status.wat; status --runs=100 --expect-status=7 --jobs=1 status.wat; heddle replay heddle-3.trace
