heddle run --agent='number @' --agent=' pair  -1	@ ' --agent 'number 0x10' agents.wat &&
    heddle run --instances=3 agents.wat --invoke number @ && heddle run --instances=2 --agent='number @' --agent='pair @ @' agents.wat
