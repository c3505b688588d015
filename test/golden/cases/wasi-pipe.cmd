# What comes through a pipe gives the same reads in the same schedule, however fast it comes.
command -v mkfifo >/dev/null || { echo "no mkfifo" >&2; exit 77; }
head -c 200000 /dev/zero >whole
read_it() { heddle run --sched=pct --seed=3 --record="$1" pipe.wat; echo "exit status $?"; }
cat whole | read_it first
mkfifo pieces
read_it second <pieces &
for n in $(seq 1000); do head -c 200 /dev/zero; done >pieces
wait
cmp first second
heddle replay first </dev/null; echo "exit status $?"
# As from a file, whose poll alone says more: how much there is.
read_it third <whole
for trace in first third; do heddle trace $trace >$trace.text; done
cmp first.text third.text
