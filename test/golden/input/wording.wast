(assert_invalid (module (func (result i32))) "some other words")
(assert_invalid (module (func (br $nowhere))) "unknown label")
(assert_malformed (module binary "") "some other words")
(assert_malformed (module quote "(func") "some other words")
