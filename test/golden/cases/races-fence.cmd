heddle run --sched=rr flag-fence.wat && heddle run --sched=random --runs=3 --jobs=1 --races-show=fenced flag-fence.wat
