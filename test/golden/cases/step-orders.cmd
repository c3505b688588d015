heddle step --script='x;9;1*2;q' lost-update.wast; printf '0\n\nq\n' | heddle step wait-for-ever.wast
