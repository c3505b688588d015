heddle step --script='x;9;1*2;q' lost-update.wast; printf '0\n\nq\n' | heddle step wait-for-ever.wast
# What is wrong with an order is said.
heddle step --script='0!;0 1;-1;+1;0*0;0*;99999999999999999999;undo;u 1;c nothing;s;q' lost-update.wast
# An order is no longer than a line of 255 characters.
{ printf '%0300d\n0*' 0; printf '%0252d\n' 1; printf 'q'; } | heddle step lost-update.wast
