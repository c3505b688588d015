mkdir folder && echo "from a file" >folder/file && echo "from a stream" >stream
heddle run --sched=random --seed=6 --dir=folder::/ --stdin=stream --spawn-import=env.start --spawn-export=agent outside.wat >first.out 2>first.err
rm -r folder stream
heddle shrink -o short heddle.trace | sed 1d; heddle replay short >second.out; echo "exit status $?"
sort first.out >1; sort second.out >2; cmp 1 2
