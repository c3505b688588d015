. ./terminal
# script(1) gives the program a terminal.
TERM=xterm script -qec "heddle validate empty" /dev/null | sed "s/$(printf '\033')/ESC/g" | tr -d '\r'
