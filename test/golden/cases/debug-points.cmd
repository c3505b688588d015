cat >"$SCRATCH/orders" <<END
# Stops in both directions.
break run
b lost-update.wast:14
b 0x10
b #1
watch 0
wa read 0+4
catch spawn
uncatch race
p
c
c
c
rc
d 1
d 1
d 5
p
g end
END
heddle debug --script="$SCRATCH/orders" lost-update.wast
