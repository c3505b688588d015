(assert_invalid (module (memory 1) (memory 1)) "multiple memories")
