heddle step --script='0;0*2;0;1;u;1*9;w;s t;c' tls.wat && heddle replay t; heddle step --script=c stacks.wat --spawn-import=env.spawn --spawn-export=thread --invoke deep 9
