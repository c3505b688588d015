/* abi.h: the numbers and layouts of WASI preview 1 (wasi_snapshot_preview1, typenames.witx).
 *
 * Names are those of the interface's own documents. Structures lie in the module's memory, little
 * endian: here they are offsets into arrays of bytes. */
#ifndef HD_HOST_WASI_ABI_H
#define HD_HOST_WASI_ABI_H

#include <stdint.h>

/* `errno`, in the order of its numbers, each with the host's name where it has one. */
#define HD_WASI_ERRNOS(ERRNO, OWN)                                                                 \
    OWN(SUCCESS)                                                                                   \
    ERRNO(2BIG)                                                                                    \
    ERRNO(ACCES)                                                                                   \
    ERRNO(ADDRINUSE)                                                                               \
    ERRNO(ADDRNOTAVAIL)                                                                            \
    ERRNO(AFNOSUPPORT)                                                                             \
    ERRNO(AGAIN)                                                                                   \
    ERRNO(ALREADY)                                                                                 \
    ERRNO(BADF)                                                                                    \
    ERRNO(BADMSG)                                                                                  \
    ERRNO(BUSY)                                                                                    \
    ERRNO(CANCELED)                                                                                \
    ERRNO(CHILD)                                                                                   \
    ERRNO(CONNABORTED)                                                                             \
    ERRNO(CONNREFUSED)                                                                             \
    ERRNO(CONNRESET)                                                                               \
    ERRNO(DEADLK)                                                                                  \
    ERRNO(DESTADDRREQ)                                                                             \
    ERRNO(DOM)                                                                                     \
    ERRNO(DQUOT)                                                                                   \
    ERRNO(EXIST)                                                                                   \
    ERRNO(FAULT)                                                                                   \
    ERRNO(FBIG)                                                                                    \
    ERRNO(HOSTUNREACH)                                                                             \
    ERRNO(IDRM)                                                                                    \
    ERRNO(ILSEQ)                                                                                   \
    ERRNO(INPROGRESS)                                                                              \
    ERRNO(INTR)                                                                                    \
    ERRNO(INVAL)                                                                                   \
    ERRNO(IO)                                                                                      \
    ERRNO(ISCONN)                                                                                  \
    ERRNO(ISDIR)                                                                                   \
    ERRNO(LOOP)                                                                                    \
    ERRNO(MFILE)                                                                                   \
    ERRNO(MLINK)                                                                                   \
    ERRNO(MSGSIZE)                                                                                 \
    ERRNO(MULTIHOP)                                                                                \
    ERRNO(NAMETOOLONG)                                                                             \
    ERRNO(NETDOWN)                                                                                 \
    ERRNO(NETRESET)                                                                                \
    ERRNO(NETUNREACH)                                                                              \
    ERRNO(NFILE)                                                                                   \
    ERRNO(NOBUFS)                                                                                  \
    ERRNO(NODEV)                                                                                   \
    ERRNO(NOENT)                                                                                   \
    ERRNO(NOEXEC)                                                                                  \
    ERRNO(NOLCK)                                                                                   \
    ERRNO(NOLINK)                                                                                  \
    ERRNO(NOMEM)                                                                                   \
    ERRNO(NOMSG)                                                                                   \
    ERRNO(NOPROTOOPT)                                                                              \
    ERRNO(NOSPC)                                                                                   \
    ERRNO(NOSYS)                                                                                   \
    ERRNO(NOTCONN)                                                                                 \
    ERRNO(NOTDIR)                                                                                  \
    ERRNO(NOTEMPTY)                                                                                \
    ERRNO(NOTRECOVERABLE)                                                                          \
    ERRNO(NOTSOCK)                                                                                 \
    ERRNO(NOTSUP)                                                                                  \
    ERRNO(NOTTY)                                                                                   \
    ERRNO(NXIO)                                                                                    \
    ERRNO(OVERFLOW)                                                                                \
    ERRNO(OWNERDEAD)                                                                               \
    ERRNO(PERM)                                                                                    \
    ERRNO(PIPE)                                                                                    \
    ERRNO(PROTO)                                                                                   \
    ERRNO(PROTONOSUPPORT)                                                                          \
    ERRNO(PROTOTYPE)                                                                               \
    ERRNO(RANGE)                                                                                   \
    ERRNO(ROFS)                                                                                    \
    ERRNO(SPIPE)                                                                                   \
    ERRNO(SRCH)                                                                                    \
    ERRNO(STALE)                                                                                   \
    ERRNO(TIMEDOUT)                                                                                \
    ERRNO(TXTBSY)                                                                                  \
    ERRNO(XDEV)                                                                                    \
    OWN(NOTCAPABLE)

typedef enum hd_wasi_errno {
#define HD_WASI_ROW(name) HD_WASI_##name,
    HD_WASI_ERRNOS(HD_WASI_ROW, HD_WASI_ROW)
#undef HD_WASI_ROW
        HD_WASI_ERRNO_COUNT,
    /* Not for the module: how a function ends that does not return to it. */
    HD_WASI_TRAPPED = 0x10000, /* the diagnosis says why */
    HD_WASI_BLOCKED,           /* it has done nothing yet and is to be called again */
    HD_WASI_STOPPED,           /* the program ends */
    HD_WASI_RECALLED,          /* a trace has answered the call already */
} hd_wasi_errno;

/* The errno for one of the host; what has none is IO. */
hd_wasi_errno hd_wasi_errno_of(int host);

/* Its name without prefix; static storage. */
const char *hd_wasi_errno_name(unsigned code);

/* `rights`. */
#define HD_RIGHT(bit) (UINT64_C(1) << (bit))
#define HD_RIGHT_FD_DATASYNC HD_RIGHT(0)
#define HD_RIGHT_FD_READ HD_RIGHT(1)
#define HD_RIGHT_FD_SEEK HD_RIGHT(2)
#define HD_RIGHT_FD_FDSTAT_SET_FLAGS HD_RIGHT(3)
#define HD_RIGHT_FD_SYNC HD_RIGHT(4)
#define HD_RIGHT_FD_TELL HD_RIGHT(5)
#define HD_RIGHT_FD_WRITE HD_RIGHT(6)
#define HD_RIGHT_FD_ADVISE HD_RIGHT(7)
#define HD_RIGHT_FD_ALLOCATE HD_RIGHT(8)
#define HD_RIGHT_PATH_CREATE_DIRECTORY HD_RIGHT(9)
#define HD_RIGHT_PATH_CREATE_FILE HD_RIGHT(10)
#define HD_RIGHT_PATH_LINK_SOURCE HD_RIGHT(11)
#define HD_RIGHT_PATH_LINK_TARGET HD_RIGHT(12)
#define HD_RIGHT_PATH_OPEN HD_RIGHT(13)
#define HD_RIGHT_FD_READDIR HD_RIGHT(14)
#define HD_RIGHT_PATH_READLINK HD_RIGHT(15)
#define HD_RIGHT_PATH_RENAME_SOURCE HD_RIGHT(16)
#define HD_RIGHT_PATH_RENAME_TARGET HD_RIGHT(17)
#define HD_RIGHT_PATH_FILESTAT_GET HD_RIGHT(18)
#define HD_RIGHT_PATH_FILESTAT_SET_SIZE HD_RIGHT(19)
#define HD_RIGHT_PATH_FILESTAT_SET_TIMES HD_RIGHT(20)
#define HD_RIGHT_FD_FILESTAT_GET HD_RIGHT(21)
#define HD_RIGHT_FD_FILESTAT_SET_SIZE HD_RIGHT(22)
#define HD_RIGHT_FD_FILESTAT_SET_TIMES HD_RIGHT(23)
#define HD_RIGHT_PATH_SYMLINK HD_RIGHT(24)
#define HD_RIGHT_PATH_REMOVE_DIRECTORY HD_RIGHT(25)
#define HD_RIGHT_PATH_UNLINK_FILE HD_RIGHT(26)
#define HD_RIGHT_POLL_FD_READWRITE HD_RIGHT(27)
#define HD_RIGHT_SOCK_SHUTDOWN HD_RIGHT(28)
#define HD_RIGHT_SOCK_ACCEPT HD_RIGHT(29)
#define HD_RIGHTS_ALL (HD_RIGHT(30) - 1)

/* What applies to a directory, and to a regular file. */
#define HD_RIGHTS_DIRECTORY                                                                        \
    (HD_RIGHT_FD_FDSTAT_SET_FLAGS | HD_RIGHT_FD_SYNC | HD_RIGHT_FD_DATASYNC |                      \
     HD_RIGHT_PATH_CREATE_DIRECTORY | HD_RIGHT_PATH_CREATE_FILE | HD_RIGHT_PATH_LINK_SOURCE |      \
     HD_RIGHT_PATH_LINK_TARGET | HD_RIGHT_PATH_OPEN | HD_RIGHT_FD_READDIR |                        \
     HD_RIGHT_PATH_READLINK | HD_RIGHT_PATH_RENAME_SOURCE | HD_RIGHT_PATH_RENAME_TARGET |          \
     HD_RIGHT_PATH_FILESTAT_GET | HD_RIGHT_PATH_FILESTAT_SET_SIZE |                                \
     HD_RIGHT_PATH_FILESTAT_SET_TIMES | HD_RIGHT_FD_FILESTAT_GET |                                 \
     HD_RIGHT_FD_FILESTAT_SET_TIMES | HD_RIGHT_PATH_SYMLINK | HD_RIGHT_PATH_REMOVE_DIRECTORY |     \
     HD_RIGHT_PATH_UNLINK_FILE | HD_RIGHT_POLL_FD_READWRITE)
#define HD_RIGHTS_FILE                                                                             \
    (HD_RIGHT_FD_DATASYNC | HD_RIGHT_FD_READ | HD_RIGHT_FD_SEEK | HD_RIGHT_FD_FDSTAT_SET_FLAGS |   \
     HD_RIGHT_FD_SYNC | HD_RIGHT_FD_TELL | HD_RIGHT_FD_WRITE | HD_RIGHT_FD_ADVISE |                \
     HD_RIGHT_FD_ALLOCATE | HD_RIGHT_FD_FILESTAT_GET | HD_RIGHT_FD_FILESTAT_SET_SIZE |             \
     HD_RIGHT_FD_FILESTAT_SET_TIMES | HD_RIGHT_POLL_FD_READWRITE)
/* To what has no position: a terminal, a pipe, a device, a socket. */
#define HD_RIGHTS_STREAM                                                                           \
    (HD_RIGHT_FD_READ | HD_RIGHT_FD_WRITE | HD_RIGHT_FD_FDSTAT_SET_FLAGS |                         \
     HD_RIGHT_FD_FILESTAT_GET | HD_RIGHT_POLL_FD_READWRITE)
#define HD_RIGHTS_SOCKET (HD_RIGHTS_STREAM | HD_RIGHT_SOCK_SHUTDOWN | HD_RIGHT_SOCK_ACCEPT)

/* `filetype`. */
enum {
    HD_FILETYPE_UNKNOWN, /* a pipe, too */
    HD_FILETYPE_BLOCK_DEVICE,
    HD_FILETYPE_CHARACTER_DEVICE,
    HD_FILETYPE_DIRECTORY,
    HD_FILETYPE_REGULAR_FILE,
    HD_FILETYPE_SOCKET_DGRAM,
    HD_FILETYPE_SOCKET_STREAM,
    HD_FILETYPE_SYMBOLIC_LINK,
};

/* `fdflags`, `oflags`, `lookupflags`, `fstflags`, `riflags`, `roflags`, `sdflags`, and the like. */
enum {
    HD_FDFLAG_APPEND = 1,
    HD_FDFLAG_DSYNC = 2,
    HD_FDFLAG_NONBLOCK = 4,
    HD_FDFLAG_RSYNC = 8,
    HD_FDFLAG_SYNC = 16,
    HD_FDFLAGS_ALL = 31,

    HD_OFLAG_CREAT = 1,
    HD_OFLAG_DIRECTORY = 2,
    HD_OFLAG_EXCL = 4,
    HD_OFLAG_TRUNC = 8,
    HD_OFLAGS_ALL = 15,

    HD_LOOKUP_SYMLINK_FOLLOW = 1,

    HD_FSTFLAG_ATIM = 1,
    HD_FSTFLAG_ATIM_NOW = 2,
    HD_FSTFLAG_MTIM = 4,
    HD_FSTFLAG_MTIM_NOW = 8,
    HD_FSTFLAGS_ALL = 15,

    HD_RIFLAG_RECV_PEEK = 1,
    HD_RIFLAG_RECV_WAITALL = 2,
    HD_ROFLAG_RECV_DATA_TRUNCATED = 1,
    HD_SDFLAG_RD = 1,
    HD_SDFLAG_WR = 2,

    HD_WHENCE_SET = 0,
    HD_WHENCE_CUR = 1,
    HD_WHENCE_END = 2,

    HD_EVENTTYPE_CLOCK = 0,
    HD_EVENTTYPE_FD_READ = 1,
    HD_EVENTTYPE_FD_WRITE = 2,
    HD_SUBCLOCKFLAG_ABSTIME = 1,
    HD_EVENTRWFLAG_HANGUP = 1,

    HD_SIGNAL_LAST = 30,
};

/* Sizes and offsets. */
enum {
    HD_IOVEC_SIZE = 8, /* buf 0, buf_len 4 */

    HD_FDSTAT_SIZE = 24,
    HD_FDSTAT_FILETYPE = 0,
    HD_FDSTAT_FLAGS = 2,
    HD_FDSTAT_RIGHTS_BASE = 8,
    HD_FDSTAT_RIGHTS_INHERITING = 16,

    HD_FILESTAT_SIZE = 64,
    HD_FILESTAT_DEV = 0,
    HD_FILESTAT_INO = 8,
    HD_FILESTAT_FILETYPE = 16,
    HD_FILESTAT_NLINK = 24,
    HD_FILESTAT_LENGTH = 32,
    HD_FILESTAT_ATIM = 40,
    HD_FILESTAT_MTIM = 48,
    HD_FILESTAT_CTIM = 56,

    HD_PRESTAT_SIZE = 8,
    HD_PRESTAT_NAME_LENGTH = 4,

    HD_DIRENT_SIZE = 24,
    HD_DIRENT_NEXT = 0,
    HD_DIRENT_INO = 8,
    HD_DIRENT_NAME_LENGTH = 16,
    HD_DIRENT_TYPE = 20,

    HD_SUBSCRIPTION_SIZE = 48,
    HD_SUBSCRIPTION_USERDATA = 0,
    HD_SUBSCRIPTION_TAG = 8,
    HD_SUBSCRIPTION_FD = 16,
    HD_SUBSCRIPTION_CLOCK = 16,
    HD_SUBSCRIPTION_TIMEOUT = 24,
    HD_SUBSCRIPTION_CLOCK_FLAGS = 40,

    HD_WASI_EVENT_SIZE = 32,
    HD_WASI_EVENT_USERDATA = 0,
    HD_WASI_EVENT_ERROR = 8,
    HD_WASI_EVENT_TYPE = 10,
    HD_WASI_EVENT_NBYTES = 16,
    HD_WASI_EVENT_FLAGS = 24,
};

#endif
