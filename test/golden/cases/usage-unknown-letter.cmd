heddle wast -q x.wast
