printf '%s\n' '0*3' '1*3' '2*3' 1 u '' 'x 0+8' 'who 0' 'became 0' w c why u 'rc' 'goto end' q | heddle debug lost-update.wast
