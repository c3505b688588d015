heddle version | sed -e "s/[0-9][0-9.]*$/VERSION/" -e "/^source lines/s/:.*/: .../"
heddle --version | sed -e "s/[0-9][0-9.]*$/VERSION/" -e "/^source lines/s/:.*/: .../"
