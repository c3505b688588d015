. lines/compile
compile racy
script racy await >stuck.wast
echo 'deadlock'
heddle wast --sched=rr stuck.wast 2>&1 | hide_offsets | grep -e ' at lines'
echo 'replayed'
heddle replay --source-path="$PWD/lines=." heddle.trace 2>&1 | hide_offsets | grep '#'
echo 'time limit'
heddle wast --timeout=0.2 stuck.wast 2>&1 | hide_offsets | grep -e ' at lines'
heddle wast --timeout=0.2 --json stuck.wast 2>&1 | grep -A3 '"file":.*racy' | sed -n '1,3p'
echo 'by hand'
heddle step --script='0;0;1;1;1;1;1;1;q' stuck.wast 2>&1 | hide_offsets | grep -e ' at lines' | sort -u
