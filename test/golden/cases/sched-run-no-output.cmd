printf '(module (func (export "f")))' >f.wat && heddle run --sched=random --runs=3 f.wat --invoke f
