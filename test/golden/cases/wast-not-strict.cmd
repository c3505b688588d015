heddle wast wording.wast
