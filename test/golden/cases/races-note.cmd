heddle run --sched=rr plain-read.wat && heddle run --sched=random --runs=20 --jobs=1 plain-read.wat && heddle run --sched=rr --races=off plain-read.wat
