heddle run --timeout=0.5 --agent=wait --agent=spin --agent=wait agents.wat
