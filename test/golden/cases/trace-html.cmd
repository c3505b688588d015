# The data of a page: events, memory, the source around them; and of a file that a module names only what lies here.
heddle wast --schedule='0*3,1*3,2*2,1,2*2,1' --record=t lost-update.wast >/dev/null 2>&1
heddle trace --format=html t | sed -n '/id="run"/,/<\/script>/p'
heddle trace --format=html --agent=2 t | sed '/id="run"/,/<\/script>/d' | sed -n '1,/<style>/p; /<\/head>/,/<main>/p'
