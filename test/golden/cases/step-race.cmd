# A race is told at the step that makes it, again when that was taken back.
heddle step --script='0;0;0;1;1;1;2;2;2;u;2;q' workers.wat
heddle step --script='0;0;0;1;1;1;1;2;2;c' workers.wat >/dev/null; echo "exit status $?"
