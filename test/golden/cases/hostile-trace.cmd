# Names that a terminal would obey, of the file and what is in it.
name=$(printf 'a\033[31m\302\233\342\200\256\n.wast')
sed "s/\"run\"/\"r\\\\1b[31m\\\\u{9b}\"/" racy.wast >"$name"
heddle wast --sched=rr --record=t "$name" >/dev/null 2>&1
heddle trace t | head -12
heddle trace --format=json --around=5 --context=0 t
heddle trace --format=perfetto t | grep -c "$(printf '\033\|\302\233')"
