# An agent alone, by lines and calls.
printf 'n 4\nline 1\nline\nout\nu 2\nover 1\nline 9\nover 2\nq\n' | heddle debug deadlock.wast | grep -e '^>' -e '^-- ' -e '^[* ] [12] .*next'
printf '0*3\nline 1\nover 1\nline 1\nout 2\nout 2\nq\n' | heddle debug lost-update.wast | grep -e '^>' -e '^-- ' -e '^[* ] [12] .*next'
