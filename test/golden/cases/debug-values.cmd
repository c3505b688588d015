# Locals and globals of agents, in both directions.
printf '0*4\nlocals\nlocals 0 1\nlocals 0 9\nlocals 1\nglobals\nc\nlocals 0\nu 3\nlocals\nq\n' | heddle debug tls.wat | grep -A9 '^> [lg]'
