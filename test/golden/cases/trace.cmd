# What happened in a run, as text; in it the events of an agent, of an address, of a line, around a step.
heddle wast --schedule='0*3,1*3,2*2,1,2*2,1' --record=t lost-update.wast >/dev/null 2>&1
heddle trace t
heddle trace --agent=2 --address=0x0+4 t
heddle trace --line=lost-update.wast:14 t | grep -v end
heddle trace --line=update.wast:14 t | head -1
heddle trace --around=7 --context=1 t
heddle trace --address=4 --address=8+ t
heddle trace --format=png t
heddle trace t t
echo >>lost-update.wast; heddle trace t
heddle trace minimal.wasm
