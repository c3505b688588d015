# Checks that configure.ac uses more than once.

# HD_APPEND_FLAG(FLAG, VARIABLE)
# Appends a flag to a variable if the compiler takes it without complaint.
AC_DEFUN([HD_APPEND_FLAG], [
  AS_VAR_PUSHDEF([hd_cache], [hd_cv_cflags_$1])
  AC_CACHE_CHECK([whether the compiler takes $1], [hd_cache], [
    hd_saved=$CFLAGS
    CFLAGS="$CFLAGS -Werror $1"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
      [AS_VAR_SET([hd_cache], [yes])], [AS_VAR_SET([hd_cache], [no])])
    CFLAGS=$hd_saved
  ])
  AS_VAR_IF([hd_cache], [yes], [AS_VAR_APPEND([$2], [" $1"])])
  AS_VAR_POPDEF([hd_cache])
])

# HD_INSTRUMENT(NAME, HELP, FLAGS)
# The option --enable-NAME, which compiles and links everything with FLAGS; sets enable_NAME to yes
# or no. An error when the compilers cannot make a program with them.
AC_DEFUN([HD_INSTRUMENT], [
  AC_ARG_ENABLE([$1], [AS_HELP_STRING([--enable-$1], [$2])], [], [enable_$1=no])
  AS_IF([test "x$enable_$1" != xno], [
    enable_$1=yes
    AC_MSG_CHECKING([whether $CC makes programs with $3])
    hd_saved=$CFLAGS
    CFLAGS="$CFLAGS $3"
    AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes])], [
      AC_MSG_RESULT([no])
      AC_MSG_ERROR([--enable-$1: $CC cannot link a program with $3 (clang needs Debian's package libclang-rt-14-dev, and fuzzing needs clang)])
    ])
    CFLAGS=$hd_saved
    INSTRUMENT_FLAGS="$INSTRUMENT_FLAGS $3"
  ])
])
