# What uses the outside is executed again.
printf 'c\no\nu 2\nn 2\nc\nq\n' | heddle debug wasi.wat
printf '0*4\nc\nu 3\nwho 0\nq\n' | heddle debug tls.wat
