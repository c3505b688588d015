# A closed stream is not given to a file that the program opens.
heddle run closed-stdout.wat >&-
echo "stdout: $?"
heddle run closed-stdout.wat <&-
echo "stdin: $?"
heddle run closed-stdout.wat 2>&-
echo "stderr: $?"
heddle run --sched=rr closed-stdout.wat >&-
echo "stdout, controlled: $?"
# What it prints itself is lost, and that is told.
heddle run functions.wat --invoke add 1 2 >&-
echo "result: $?"
heddle run functions.wat --invoke add 1 2 <&- >&- 2>&-
echo "all: $?"
