# How many races there are of a bulk access with what each other agent does.
for bulk in copy_within copy_to_own copy_from_own fill init; do
    for other in load store load_beyond store_beyond; do
        echo "$bulk, $other: $(heddle run --sched=rr --agent $bulk --agent $other bulk-race.wat 2>&1 | grep -c '^data race')"
    done
done
