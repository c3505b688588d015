# Of equal deadlines that of the agent with the lower number comes first, whether it waits or sleeps: in one column both
# orders print 1 2, in those beside it what ends earlier is the first.
order() { # MORE KIND...
    more=$1
    shift
    number=1
    for kind; do
        set -- "$@" --agent "$kind $number $more"
        shift
        number=$((number + 1))
    done
    heddle run --sched=rr:1 --races=off "$@" deadlines.wat | sed 's, : i32,,; s,print_i32 ,,' | tr '\n' ' '
}
for kinds in "wait sleep" "sleep wait" "wait wait" "sleep sleep" "wait sleep wait sleep"; do
    echo "$kinds:"
    for more in -2 -1 0 1 2 3 4 5; do
        # shellcheck disable=SC2086 # words are meant
        echo "  $more: $(order $more $kinds)"
    done
done
