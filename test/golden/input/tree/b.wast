(assert_malformed (module quote "(") "x") (assert_malformed (module quote "(") "x")
