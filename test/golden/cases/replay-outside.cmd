run="heddle run --sched=random --env=A=b --suppress=fn:nothing --max-agents=5 --no-tls
    --spawn-import=env.start --spawn-export=agent"
mkdir folder && echo "from a file" >folder/file && echo "from a stream" >stream
for seed in 1 2 3; do
    $run --seed=$seed --dir=folder::/ --stdin=stream --record=first outside.wat >first.out 2>first.err
    echo "seed $seed: exit status $?"
    cat folder/out
    $run --seed=$seed --dir=folder::/ --stdin=stream --record=second outside.wat >second.out 2>second.err
    cmp first second && cmp first.out second.out
    mv folder gone && echo changed >stream
    heddle replay first >second.out 2>second.err </dev/null
    echo "replay: exit status $?"
    cmp first.out second.out && grep -v ^reproduce first.err | cmp - second.err
    rm stream && heddle replay first >second.out 2>second.err
    cmp first.out second.out
    [ -e folder ] && echo "something was written"
    mv gone folder && echo "from a stream" >stream
done
sort first.out | sed 's/^[a-z]\{16\}$/chance/'
