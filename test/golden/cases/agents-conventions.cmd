heddle run --verbose --instances=3 --agent-stack=100 lld.wat --invoke where && heddle run --instances=2 --no-tls lld.wat --invoke where && heddle run lld.wat --invoke where
