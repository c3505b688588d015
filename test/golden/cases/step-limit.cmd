# A move that never ends is ended by the time limit, in which it does not matter how long a person thinks.
heddle step --timeout=1 --script='0;0' private-loop.wat --invoke count; echo "exit status $?"
{ sleep 1.1; echo q; } | heddle step --timeout=1 private-loop.wat --invoke count; echo "exit status $?"
