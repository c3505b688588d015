heddle version | sed -e "s/[0-9][0-9.]*$/VERSION/" -e "/^source lines\|^demangled/s/:.*/: .../"
heddle --version | sed -e "s/[0-9][0-9.]*$/VERSION/" -e "/^source lines\|^demangled/s/:.*/: .../"
