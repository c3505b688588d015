heddle wast --sched=random --runs=20 --jobs=1 --races=warn --keep-going racy.wast >out1 2>err1
heddle wast --sched=random --runs=20 --jobs=4 --races=warn --keep-going racy.wast >out4 2>err4
cat out1 err1
cmp out1 out4 && cmp err1 err4
