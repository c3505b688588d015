heddle step --script='0;0;0;0;1;1;1;2;2;1;2;w;u;u;2;c rr' lost-update.wast
