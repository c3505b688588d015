# What a strategy is bound to find, and how much of the program it was measured on.
for strategy in pct pct:2+points 'pct:2 --length=40' pos sticky:3+lag; do
    heddle wast --sched=$strategy --runs=50 --keep-going --races=off lost-update.wast
done
