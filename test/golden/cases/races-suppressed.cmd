heddle wast --sched=rr --suppress="fn:in?" racy.wast && heddle wast --sched=rr --suppress=addr:0x0-0x3 racy.wast
