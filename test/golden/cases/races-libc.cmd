two() {
    echo "$1 and $2"
    heddle run --sched=rr --jobs=1 "--agent=$1" "--agent=$2" "${3:-libc.wat}" 2>&1 | grep -v '^ \|reproduce' || true
}
# Both of the library.
two __lock __unlock
two __lock create
two __lock cleanup
two puts unlockfile
# One of the program, or what may be another's.
two __lock store
two __lock lock
two __lock memcpy
two create create
two cleanup cleanup
two malloc malloc
two bulk __lock
two puts __lock
# None of them is wasi-libc's.
two __lock __unlock no-libc.wat
# What the library reads plainly orders.
two give take
two give take-plainly
two give take no-libc.wat
# Shown, and what the strict model says.
heddle run --sched=rr --races-show=suppressed,fenced --agent=__lock --agent=give --agent=__unlock --agent=take libc.wat
heddle run --sched=rr --race-model=strict --agent=__lock --agent=__unlock libc.wat
