. ./terminal
TERM=xterm NO_COLOR=1 script -qec "heddle validate empty" /dev/null | tr -d '\r'
