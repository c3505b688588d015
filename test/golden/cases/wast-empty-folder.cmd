heddle wast "$SCRATCH" 2>&1 | sed "s|^/.*/scratch|SCRATCH|"
heddle wast "$SCRATCH" 2>/dev/null >/dev/null
