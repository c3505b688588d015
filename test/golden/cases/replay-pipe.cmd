run="heddle run --spawn-import=env.start --spawn-export=agent"
mkdir folder && echo "from a file" >folder/file
(echo "one line"; echo "another") | $run --sched=pct --seed=4 --dir=folder::/ --record=first outside.wat >first.out 2>first.err
rm -r folder
again() { "$@" >second.out 2>second.err </dev/null; echo "exit status $?"; cmp second.out first.out; grep "^agent" second.err; }
again heddle replay first
again $run --sched=replay:first --record=second outside.wat
again heddle replay second
again heddle replay second
sort first.out | sed 's/^[a-z]\{16\}$/chance/'
