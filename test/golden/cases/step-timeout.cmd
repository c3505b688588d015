heddle step --script='0;0;0;1;1;2~;1~;u;2;2;2;1;w;c' timed.wast
echo "by itself"
heddle step --script='0;0;0;1;1;1;w;s t;c' timed.wast | tail -4
heddle wast --schedule='0*3,1*2,1~' timed.wast
heddle replay t
