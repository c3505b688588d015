# What is wrong with an order is said.
printf '%s\n' x 'x 1:0' 'x 0x' 'x 99999999' 'goto' 'goto x' 'n 0' 'b' 'b #x' 'watch' 'catch' 'delete x' '0*0' '0~' 9 '99999999999999999999' 'c nothing' 'save' 'who 0' 'event' 'event 7' 'lanes 0' 'list' 'why 9' 'c x y' nonsense 'help goto' 'help x' help q | heddle debug --schedule=0*2 lost-update.wast
printf '%0300d\nq' 0 | heddle debug lost-update.wast | tail -n 2
heddle debug --script=/no/such lost-update.wast
heddle debug missing.trace
heddle debug -
