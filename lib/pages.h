/* Memory that starting took and serving does not need, given back. What is needed again after all comes again by
 * itself. */
#ifndef PAGES_H
#define PAGES_H

/* The pages of program and libraries that were read so far: relocations, names, the code of the beginning. They are
 * several MB in all processes together, of which a tenth is read again. */
void pages_drop_files(void);

/* The stack below the caller's frame: a page that was written once would stay for good. In the main thread alone, below
 * whose stack lies nothing else. */
void pages_drop_stack(void);

#endif
