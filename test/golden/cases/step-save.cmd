heddle step --script='0;0;0;1;1;1;2;2;2;1;s t;q' lost-update.wast | tail -3; heddle replay t; heddle step --script='s;q' spin.wast | tail -2
