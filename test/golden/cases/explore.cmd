# A script: the assertion fails in some executions, whose trace is replayed.
heddle explore lost-update.wast; echo "exit status $?"
heddle replay heddle.trace; echo "exit status $?"
# A program that deadlocks in one order, and one whose wait times out at any time or never.
heddle explore --races=off --json --granularity=memory --agent=t0 --agent=t1 store-buffer.wat | grep -v seconds
heddle explore --agent=t0 --agent=t1 racy-pair.wat
heddle explore --no-undo --agent=t0 --agent=t1 racy-pair.wat
heddle explore --timeouts=never timed.wast
heddle explore --preemptions=0 --races=off --agent=t0 --agent=t1 store-buffer.wat
heddle explore --max-executions=1 --races=off --agent=t0 --agent=t1 store-buffer.wat
# Wrong options.
heddle explore --granularity=coarse store-buffer.wat; echo "exit status $?"
heddle explore --agent=t9 store-buffer.wat; echo "exit status $?"
heddle explore -; echo "exit status $?"
