/* directory.h: the listing of an open directory. */
#ifndef HD_HOST_WASI_DIRECTORY_H
#define HD_HOST_WASI_DIRECTORY_H

/* What the host has told of a directory and the module has not fetched yet. */
typedef struct hd_wasi_listing hd_wasi_listing;

/* Releases a listing; NULL is ignored. */
void hd_wasi_listing_free(hd_wasi_listing *listing);

#endif
