/* What a program may use up: memory, time, files, processes. Binds this process
 * and all that it starts. */
#ifndef BOUNDS_H
#define BOUNDS_H

struct bounds {
	long memory_mb; /* of each process, what it writes itself; 0: as before */
	long cpu_s;	/* of each process; 0: as before */
	long file_mb;	/* of each file written */
	long processes; /* and threads, beyond those that its user has now; root has
			   no such bound */
};

/* 0, or -1 with errno. Reads /proc. */
int bounds_set(const struct bounds *b);

#endif
