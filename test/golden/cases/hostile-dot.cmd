# Names that a terminal would obey, in the language of Graphviz: of an agent, and of a file.
name=$(printf 'f\033[1m\302\233"')
file=$(printf 'a\302\233\342\200\256".wat')
cat >"$file" <<\END
(module (memory (import "m" "m") 1 1 shared)
  (func (export "f\1b[1m\c2\9b\22") (i32.atomic.store (i32.const 0) (i32.const 1))))
END
heddle explore --dot=t.dot --agent "$name" --agent "$name" "$file" >/dev/null
grep -c "$(printf '\033\|\302\233\|\342\200\256')" t.dot
grep label= t.dot | head -4
