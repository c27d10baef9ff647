/* A fuzz target without a fuzzer: hands it each file of a folder, whole and cut off at some lengths. usage: PROGRAM
 * FOLDER. Closes with `N passed, 0 failed`; what fails aborts, its name being the last line. */
#include "fuzz.h"

#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#define FILE_MAX_BYTES 262144
#define CUTS 16

static char path[4096];

static void on_crash(int signo)
{
	(void)!write(STDERR_FILENO, path, strlen(path)); /* dying anyway */
	(void)!write(STDERR_FILENO, ": failed\n", 9);
	signal(signo, SIG_DFL);
	raise(signo);
}

static void replay(const uint8_t *bytes, size_t n)
{
	(void)LLVMFuzzerTestOneInput(bytes, n);
	for (size_t i = 0; i < CUTS && i < n; i++)
		(void)LLVMFuzzerTestOneInput(bytes, n * i / CUTS);
}

int main(int argc, char **argv)
{
	static uint8_t bytes[FILE_MAX_BYTES];
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *entry;
	unsigned passed = 0;

	EXPECT(folder);
	signal(SIGABRT, on_crash);
	signal(SIGSEGV, on_crash);
	while ((entry = readdir(folder))) {
		FILE *file;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
		file = fopen(path, "r");
		EXPECT(file);
		replay(bytes, fread(bytes, 1, sizeof bytes, file));
		fclose(file);
		passed++;
	}
	closedir(folder);
	printf("%u passed, 0 failed\n", passed);
	return passed ? 0 : 1;
}
