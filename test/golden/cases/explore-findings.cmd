# A race that matters, and one that does not: the orders of the accesses are compared.
heddle explore --trace-dir=traces --agent=t0 --agent=t1 racy-pair.wat; ls traces
heddle explore --all --no-shrink --trace-dir=traces two-races.wast; ls traces
heddle explore --json --trace-dir=more two-races.wast | grep -E 'verdict|"kind"|failure|executions|trace"|both|schedule'
heddle replay traces/two-races-race-2.trace 2>/dev/null; echo "exit status $?"
# Of accesses that are no events other orders are not made.
heddle explore --granularity=sync --agent=t0 --agent=t1 --record=of-sync.trace racy-pair.wat 2>/dev/null
heddle explore --granularity=sync --races=off --agent=t0 --agent=t1 racy-pair.wat
# A lost wake-up; one that is told with the detector off is the same failure.
heddle explore --races=off lost-notify.wast
heddle replay heddle.trace 2>/dev/null; echo "exit status $?"
