# A loop of waits that time out is stuck for the explorer alone: made once more, it goes on for ever.
heddle explore --races=off --granularity=memory --agent=t0 --agent=t1 timed-loop.wat
