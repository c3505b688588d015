(assert_malformed (module quote "(") "x")
