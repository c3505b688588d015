# The outcomes of a program, of a script with alternatives, and the same of many runs.
heddle explore --observe=0:i32 --observe=0x4:u8 --observe=1:0:u64 --agent=t0 --agent=t1 store-buffer.wat
heddle explore --observe=0:i32 either.wast
heddle explore --json either.wast | grep -v seconds
heddle run --runs=100 --observe=0:i32 --agent=t0 --agent=t1 store-buffer.wat | grep i32
heddle run --schedule='0,1*3,0*3,1' --observe=0:i32 --observe=0x10000:u8 --agent=t0 --agent=t1 store-buffer.wat
heddle wast --runs=50 --observe=results either.wast | grep runs:
heddle wast --sched=rr --observe=0:i32 either.wast
# Wrong ones.
heddle run --observe=0:i32 --agent=t0 store-buffer.wat; echo "exit status $?"
heddle explore --observe=0:f32 --agent=t0 store-buffer.wat; echo "exit status $?"
heddle explore --observe=-1:i8 --agent=t0 store-buffer.wat; echo "exit status $?"
