# What the options before a wrong one hold is given back.
for command in 'run --agent=main --env=A=B --dir=. --schedule=0,1' 'wast --schedule=0,1' \
    'step --agent=main --env=A=B' 'explore --agent=main --env=A=B'; do
    heddle $command --bogus counter.wat
    echo "$?"
done
