# The end of a program comes late enough, now and then, under every strategy with chance.
for strategy in random sticky pct pos urw portfolio; do
    heddle run --sched=$strategy --runs=200 --jobs=1 end-race.wat 2>&1 | grep -c '^data race on 4 bytes at 0x8'
done
