/* What a program may touch in the file system, by Landlock: nothing but what
 * was allowed. Binds this process and all that it starts; where the kernel has
 * no Landlock nothing is bound. See landlock(7). */
#ifndef LAND_H
#define LAND_H

struct land {
	int fd;	 /* -1: the kernel has none */
	int abi; /* what it knows; 0: nothing */
};

enum land_right { LAND_READ, LAND_RUN, LAND_USE }; /* RUN: read and execute; USE: everything but execute */

/* 0, or -1 with errno; a kernel without Landlock is no failure. */
int land_open(struct land *l);

/* A file, or a folder with all that is in it. 0, also if there is no such
 * thing; -1 with errno. */
int land_allow(struct land *l, const char *path, enum land_right right);

/* From now on. Needs PR_SET_NO_NEW_PRIVS. 0, or -1 with errno. Closes it. */
int land_enter(struct land *l);

#endif
