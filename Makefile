# ringdown: one Makefile, read from top to bottom: what there is, what it links, how it is built, checked, installed.
VERSION := 0.1.0
PREFIX  ?= /usr/local
DESTDIR ?=
B       ?= build

CC       ?= cc
CSTD     := -std=c11 -D_GNU_SOURCE
OPTIMISE ?= -O2 -g
HARDEN   ?= -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
WARN     ?= -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla \
            -Wformat=2 -Wundef -Wcast-align -Wpointer-arith -Wimplicit-fallthrough
WERROR   ?=
CFLAGS   ?= $(OPTIMISE) $(HARDEN)
LDFLAGS  ?= -pie -Wl,-z,relro,-z,now
PATHS     = -DRD_VERSION='"$(VERSION)"' -DRD_LIBEXEC='"$(PREFIX)/libexec/ringdown"' -DRD_SYSCONF='"$(SYSCONF)"' \
            -DRD_DATADIR='"$(PREFIX)/share/ringdown"' $(XML)
XML      := $(shell xml2-config --cflags 2>/dev/null)
SYSCONF   = $(if $(filter /usr /usr/local,$(PREFIX)),/etc,$(PREFIX)/etc)/ringdown
# `make V=1` shows the whole commands
Q         = $(if $(V),,@)
SAY       = @$(if $(V)$(findstring s,$(filter-out --%,$(firstword $(MAKEFLAGS)))),:,printf '  %-4s %s\n')
JOBS     ?= -j$(shell nproc 2>/dev/null || echo 1)
COMPILE   = $(CC) $(CSTD) $(CFLAGS) $(WARN) $(WERROR) $(PATHS) -iquote lib -MMD -MP

# --- what there is: a folder of cmd/ is a program, a folder of cmd/tools/ a tool that ships
PROGRAMS := $(notdir $(patsubst %/main.c,%,$(wildcard cmd/*/main.c)))
TOOLS    := $(notdir $(patsubst %/main.c,%,$(wildcard cmd/tools/*/main.c)))
UNITS    := $(basename $(notdir $(wildcard tests/unit/t_*.c)))

# --- what each links beyond lib (the linker leaves out what a program does not use)
LIBS            := -Wl,--as-needed -lcjson -lconfuse -lseccomp
LIBS_rd-webhook := -lnettle
LIBS_rd-ingest  := -lwebsockets -lssl
LIBS_rd-bridge  := -lwebsockets -lssl -lcrypto
LIBS_rd-codec   := -lsoxr
LIBS_rd-mcp     := -lcurl
LIBS_rd-tap     := -lsndfile
LIBS_rd-replay  := -lsndfile
LIBS_rd-store   := -lsqlite3
LIBS_rd-voicemail := -lm
SPEECH          := -lflite_cmu_us_slt -lflite_cmu_us_rms -lflite_cmu_us_awb -lflite_cmu_us_kal -lflite_cmu_us_kal16 \
                   -lflite_usenglish -lflite_cmulex -lflite -lespeak-ng -lm
LIBS_rd-tts     := -lsoxr -lflite -lm
WEBRTC          := $(shell pkg-config --libs webrtc-audio-processing 2>/dev/null)
LIBS_rd-stt     := $(WEBRTC) -lpocketsphinx -lsphinxbase -lflite_cmulex -lflite -lm
LIBS_tool_docs  := -lsqlite3 -lcurl -lcrypto
LIBS_tool_web_search := -lcurl
LIBS_tool_tasks := -lcurl -lcrypto
LIBS_tool_web_read := -lcurl -lxml2
LIBS_tool_calendar := -lical -lxml2 -lcurl -lcrypto
LIBS_tool_mail  := $(shell pkg-config --libs gmime-3.0 2>/dev/null) -lxml2 -lcurl -lcrypto
LIBS_rd-phone   := -lwebsockets -lssl -lcurl -lcrypto -lsndfile -lsoxr -lxml2 $(SPEECH)

# --- the job files that a unit test links beside lib, and what they need
UNIT_SRC_t_signature := cmd/rd-webhook/signature.c cmd/rd-webhook/form.c
UNIT_LIB_t_signature := -lnettle
UNIT_LIB_t_ws        := -lwebsockets -lssl
UNIT_SRC_t_form      := cmd/rd-webhook/form.c
UNIT_SRC_t_twiml     := cmd/rd-webhook/twiml.c
UNIT_SRC_t_head      := cmd/rd-webhook/head.c
UNIT_SRC_t_caller    := cmd/rd-webhook/caller.c
UNIT_SRC_t_folder    := cmd/rd-webhook/folder.c
UNIT_SRC_t_token     := cmd/rd-webhook/token.c
UNIT_SRC_t_requests  := cmd/rd-webhook/requests.c
UNIT_SRC_t_guard     := cmd/rd-webhook/guard.c
UNIT_SRC_t_address   := cmd/rd-webhook/address.c
UNIT_SRC_t_documents := cmd/rd-webhook/documents.c cmd/rd-webhook/folder.c
UNIT_SRC_t_twilio    := cmd/rd-ingest/twilio.c cmd/rd-ingest/media.c
UNIT_SRC_t_played    := cmd/rd-ingest/played.c
UNIT_SRC_t_unheard   := cmd/rd-ingest/unheard.c cmd/rd-ingest/unheard_map.c
UNIT_SRC_t_playout   := cmd/rd-ingest/playout.c cmd/rd-ingest/played.c cmd/rd-ingest/unheard.c cmd/rd-ingest/unheard_map.c
UNIT_SRC_t_heard     := $(UNIT_SRC_t_playout)
UNIT_SRC_t_spoken    := cmd/rd-ingest/spoken.c
UNIT_SRC_t_errand    := cmd/rd-ingest/errand.c
UNIT_SRC_t_realtime  := cmd/rd-bridge/realtime.c
UNIT_SRC_t_request   := cmd/rd-bridge/request.c
UNIT_SRC_t_responses := cmd/rd-bridge/responses.c
UNIT_SRC_t_items     := cmd/rd-bridge/items.c
UNIT_SRC_t_backlog   := cmd/rd-bridge/backlog.c cmd/rd-bridge/untold.c
UNIT_SRC_t_untold    := cmd/rd-bridge/untold.c
UNIT_SRC_t_term      := cmd/rd-bridge/term.c
UNIT_SRC_t_history   := cmd/rd-bridge/history.c
UNIT_SRC_t_offer     := cmd/rd-bridge/offer.c
UNIT_SRC_t_fault     := cmd/rd-bridge/fault.c
UNIT_SRC_t_loudness  := cmd/rd-bridge/ear.c
UNIT_LIB_t_fetch         := -lcurl
UNIT_SRC_t_phone_sign    := cmd/rd-phone/sign.c
UNIT_LIB_t_phone_sign    := -lcrypto
UNIT_SRC_t_phone_playout := cmd/rd-phone/playout.c
UNIT_SRC_t_phone_plays   := cmd/rd-phone/plays.c cmd/rd-phone/playout.c cmd/rd-phone/summary.c
UNIT_SRC_t_phone_caller  := $(addprefix cmd/rd-phone/,caller.c ear.c speech.c voice.c)
UNIT_SRC_t_phone_line    := $(addprefix cmd/rd-phone/,badline.c dice.c lateness.c manners.c transit.c wordlist.c)
UNIT_LIB_t_phone_line    := -lm
UNIT_SRC_t_phone_wire    := cmd/rd-phone/wire.c cmd/rd-phone/dice.c
UNIT_LIB_t_phone_caller  := -lsndfile -lsoxr $(SPEECH)
UNIT_LIB_t_convert   := -lsoxr -lm
UNIT_SRC_t_recode    := cmd/rd-codec/recode.c
UNIT_LIB_t_recode    := -lsoxr -lm
UNIT_SRC_t_script    := cmd/rd-tts/script.c cmd/rd-tts/token.c $(wildcard cmd/rd-tts/say*.c)
UNIT_SRC_t_lead      := cmd/rd-tts/lead.c
UNIT_SRC_t_jsonrpc   := cmd/rd-mcp/jsonrpc.c
UNIT_SRC_t_headers   := cmd/rd-mcp/headers.c
UNIT_SRC_t_catalogue := $(addprefix cmd/rd-mcp/,catalogue.c headers.c names.c result.c)
UNIT_SRC_t_journal   := cmd/rd-tools/journal.c
UNIT_SRC_t_answer    := cmd/rd-tools/answer.c
UNIT_SRC_t_gate      := cmd/rd-tools/gate.c
UNIT_SRC_t_turns     := cmd/rd-memory/turns.c
UNIT_SRC_t_remote    := cmd/rd-memory/remote.c
UNIT_SRC_t_store     := $(addprefix cmd/rd-store/,store.c db.c export.c forget.c record.c recall.c search.c)
UNIT_LIB_t_store     := -lsqlite3
UNIT_SRC_t_search    := cmd/rd-store/search.c
UNIT_SRC_t_zone      := cmd/tools/time/zone.c
UNIT_SRC_t_notes     := cmd/tools/notes/notes.c
UNIT_SRC_t_reminders := cmd/tools/remind/reminders.c
UNIT_SRC_t_docs      := $(addprefix cmd/tools/docs/,docs.c drive.c folder.c index.c writing.c)
UNIT_LIB_t_docs      := -lsqlite3 -lcurl -lcrypto
UNIT_SRC_t_ics       := $(addprefix cmd/tools/calendar/,agenda.c ics.c ics_write.c)
UNIT_LIB_t_ics       := -lical
UNIT_SRC_t_mail      := $(addprefix cmd/tools/mail/,aloud.c htmltext.c imapreply.c message.c recipients.c)
UNIT_LIB_t_mail      := $(LIBS_tool_mail)
UNIT_LIB_t_digest    := -lcrypto
UNIT_SRC_t_article   := $(addprefix cmd/tools/web_read/,article.c prose.c tags.c)
UNIT_LIB_t_article   := -lxml2
UNIT_SRC_t_backends  := cmd/tools/web_search/backends.c
UNIT_LIB_t_backends  := -lcurl
UNIT_LIB_t_ask       := -lcurl
UNIT_SRC_t_task      := cmd/tools/tasks/task.c
UNIT_SRC_t_charset   := cmd/tools/web_read/charset.c
UNIT_SRC_t_visit     := cmd/tools/web_read/visit.c
UNIT_LIB_t_visit     := -lcurl
UNIT_SRC_t_ear       := cmd/rd-voicemail/ear.c
UNIT_LIB_t_ear       := -lm
UNIT_SRC_t_message   := cmd/rd-voicemail/message.c
UNIT_LIB_t_message   := -lsndfile
UNIT_SRC_t_book      := cmd/tools/transfer/book.c
UNIT_SRC_t_filter    := cmd/rd-tap/filter.c
UNIT_SRC_t_pace      := cmd/rd-replay/pace.c
UNIT_SRC_t_voice     := cmd/rd-replay/voice.c
UNIT_LIB_t_voice     := -lsndfile
UNIT_SRC_t_barge     := cmd/rd-stt/barge.c cmd/rd-stt/turn.c
UNIT_SRC_t_timbre    := cmd/rd-stt/timbre.c
UNIT_LIB_t_timbre    := -lm
UNIT_SRC_t_automaton := cmd/rd-stt/automaton.c
UNIT_SRC_t_judge     := cmd/rd-stt/judge.c cmd/rd-stt/hiss.c
UNIT_LIB_t_judge     := -lm
UNIT_SRC_t_hearing   := $(addprefix cmd/rd-stt/,kept.c playing.c tone.c voice.c webrtc.c)
UNIT_LIB_t_hearing   := $(WEBRTC) -lm
UNIT_SRC_t_order     := cmd/rd-monitor/order.c
UNIT_SRC_t_silence   := cmd/rd-pacer/silence.c
UNIT_SRC_t_watch     := cmd/rd-ctl/watch.c
UNIT_SRC_t_choose    := cmd/rd-ctl/call.c
UNIT_SRC_t_report    := cmd/rd-ctl/report.c cmd/rd-ctl/table.c
UNIT_SRC_t_guess     := cmd/rd-ctl/guess.c

all: $(PROGRAMS:%=$(B)/bin/%) $(TOOLS:%=$(B)/tools/%) $(B)/data/made

LIBSRC := $(wildcard lib/*.c)
LIBA   := $(B)/libringdown.a
$(LIBA): $(LIBSRC:%.c=$(B)/o/%.o)
	$(SAY) ar $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# rd-stt: its libraries' headers are in folders of their own; without webrtc's library it goes by energy alone
$(B)/o/cmd/rd-stt/%.o $(B)/lint/cmd/rd-stt/%: PATHS += $(patsubst -I%,-isystem %,$(shell pkg-config --cflags pocketsphinx 2>/dev/null)) \
	$(if $(WEBRTC),-DRD_WEBRTC)
# GMime's headers are in folders of their own
$(B)/o/cmd/tools/mail/%.o $(B)/lint/cmd/tools/mail/%: PATHS += $(patsubst -I%,-isystem %,$(shell pkg-config --cflags gmime-3.0 2>/dev/null))
$(B)/o/%.o: %.c
	@mkdir -p $(@D)
	$(SAY) cc $<
	$(Q)$(COMPILE) -c -o $@ $<

# what has the prefix in it is made anew for another one
$(B)/prefix: force
	@mkdir -p $(@D)
	@echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' >$@
$(patsubst %,$(B)/o/lib/%.o,conf_schema paths secret toolbox): $(B)/prefix

# cmocka.h wants these before it
$(B)/o/tests/unit/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(SAY) cc $<
	$(Q)$(COMPILE) -include setjmp.h -include stdarg.h -include stddef.h -include stdint.h -c -o $@ $<

define program
$(B)/bin/$(1): $$(patsubst %.c,$(B)/o/%.o,$$(wildcard cmd/$(1)/*.c)) $$(LIBA)
	@mkdir -p $$(@D)
	$$(SAY) ld $$@
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS) $$(LIBS_$(1))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

define tool
$(B)/tools/$(1): $$(patsubst %.c,$(B)/o/%.o,$$(wildcard cmd/tools/$(1)/*.c)) $$(LIBA)
	@mkdir -p $$(@D)
	$$(SAY) ld $$@
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS) $$(LIBS_tool_$(1))
endef
$(foreach p,$(TOOLS),$(eval $(call tool,$(p))))

define unit
$(B)/unit/$(1): $(B)/o/tests/unit/$(1).o $$(patsubst %.c,$(B)/o/%.o,$$(UNIT_SRC_$(1))) $$(LIBA)
	@mkdir -p $$(@D)
	$$(SAY) ld $$@
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS) $$(UNIT_LIB_$(1)) -lcmocka
endef
$(foreach p,$(UNITS),$(eval $(call unit,$(p))))

units: $(UNITS:%=$(B)/unit/%)

# what programs read and nobody edits (general { data-dir }): etc/*/ as it stands, and the sound of the phrases
$(B)/data/made: $(wildcard etc/*/*) $(B)/bin/rd-tts
	$(SAY) say $(@D)
	$(Q)for file in $(wildcard etc/*/*); do install -D -m 644 $$file $(@D)/$${file#etc/} || exit 1; done
	@: >$@
	$(Q)for language in $(notdir $(basename $(wildcard etc/phrases/*))); do \
		RINGDOWN_GENERAL_DATA_DIR=$(@D) RINGDOWN_GENERAL_LOG_LEVEL=warn \
		$(B)/bin/rd-tts -c $@ --language $$language --prepare --into $(@D) || exit 1; done

# --- what the machine needs: Debian packages, installed by those targets that need them, as root or with sudo
BUILD_PACKAGES := gcc libc6-dev libwebsockets-dev libssl-dev nettle-dev libcurl4-openssl-dev libcjson-dev libconfuse-dev libseccomp-dev \
                  libsoxr-dev libsqlite3-dev libsndfile1-dev libxml2-dev flite1-dev libpocketsphinx-dev libsphinxbase-dev \
                  pocketsphinx-en-us libespeak-ng-dev libwebrtc-audio-processing-dev libical-dev libgmime-3.0-dev pkg-config ca-certificates
TEST_PACKAGES  := libcmocka-dev python3 python3-websockets flite espeak-ng curl poppler-utils python3-radicale dovecot-imapd python3-aiosmtpd
FUZZ_PACKAGES  := clang-14 libclang-rt-14-dev python3
LINT_PACKAGES  := mandoc cppcheck clang-tools-14 clang-format-14 clang-14
PACKAGES       ?= $(BUILD_PACKAGES) $(TEST_PACKAGES)

deps:
	@sh tests/deps $(PACKAGES)

# --- checked: everything (check), a sample under sanitizers (check-asan), what a careful reader would see (lint)
check: deps
	@$(MAKE) --no-print-directory $(JOBS) all units fuzzers
	@tests/run -j 4 $(B)

# the volumes behind the samples of check: some two hours; tests/long says what each proves
check-long: deps
	@$(MAKE) --no-print-directory $(JOBS) all units fuzzers
	@LONG=1 tests/run -v $(B) $$(sed 's/ .*//' tests/long)

ASAN := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined,float-cast-overflow \
        -fno-sanitize-recover=undefined,float-cast-overflow
check-asan: deps
	@$(MAKE) --no-print-directory $(JOBS) B=build/asan CFLAGS='$(ASAN)' all units fuzzers
	@tests/run -j 3 build/asan

# real MCP servers and the conformance suite of the protocol: npm fetches them into the build folder
check-mcp:
	@$(MAKE) --no-print-directory PACKAGES='$(PACKAGES) npm' deps
	@$(MAKE) --no-print-directory $(JOBS) all
	@tests/mcp-real $(B)

# a real systemd is booted and a call placed through Caddy with TLS: as root
check-systemd:
	@$(MAKE) --no-print-directory PACKAGES='$(PACKAGES) systemd-container caddy' deps
	@$(MAKE) --no-print-directory all
	tests/systemd/boot $(B)

C := $(wildcard lib/*.c cmd/*/*.c cmd/tools/*/*.c)
$(B)/lint/%.gcc: %.c
	@mkdir -p $(@D)
	@$(COMPILE) -O1 -Werror -fanalyzer -c -o $@ $<
$(B)/lint/%.clang: %.c
	@mkdir -p $(@D)
	@clang-14 --analyze --analyzer-output text -Xclang -analyzer-werror $(CSTD) $(PATHS) -iquote lib -o $@ $<
	@touch $@
lint:
	@$(MAKE) --no-print-directory PACKAGES='$(BUILD_PACKAGES) $(TEST_PACKAGES) $(LINT_PACKAGES)' deps
	@failed=0; \
	$(MAKE) --no-print-directory -k $(JOBS) $(patsubst %.c,$(B)/lint/%.gcc,$(C)) $(patsubst %.c,$(B)/lint/%.clang,$(C)) || failed=1; \
	sh tests/lint || failed=1; exit $$failed

# --- fuzzed: every reader of outside bytes, tests/fuzz/f_NAME.c; `make check` replays tests/fuzz/corpus/NAME with our own
# compiler, `make fuzz` looks for more with clang's: SECONDS=30 each, TARGET='frame conf'
FUZZERS           := $(patsubst tests/fuzz/f_%.c,%,$(wildcard tests/fuzz/f_*.c))
FUZZ_SRC_answer   := cmd/rd-tools/answer.c cmd/rd-tools/gate.c
FUZZ_SRC_article  := $(addprefix cmd/tools/web_read/,article.c charset.c prose.c tags.c)
FUZZ_LIB_article  := -lxml2
FUZZ_SRC_control  := cmd/ringdown/client.c cmd/ringdown/control.c cmd/ringdown/watch.c
FUZZ_SRC_form     := cmd/rd-webhook/form.c
FUZZ_SRC_head     := cmd/rd-webhook/head.c
FUZZ_SRC_ics      := $(UNIT_SRC_t_ics)
FUZZ_LIB_ics      := $(UNIT_LIB_t_ics)
FUZZ_SRC_imapreply := cmd/tools/mail/imapreply.c
FUZZ_SRC_message  := $(UNIT_SRC_t_mail)
FUZZ_LIB_message  := $(UNIT_LIB_t_mail)
FUZZ_SRC_multistatus := cmd/tools/calendar/multistatus.c
FUZZ_LIB_multistatus := -lxml2
FUZZ_SRC_journal  := cmd/rd-tools/journal.c
FUZZ_SRC_mcp      := $(addprefix cmd/rd-mcp/,catalogue.c headers.c jsonrpc.c names.c result.c)
FUZZ_SRC_next     := cmd/rd-ingest/errand.c cmd/rd-webhook/folder.c
FUZZ_SRC_realtime := cmd/rd-bridge/realtime.c
FUZZ_SRC_script   := $(UNIT_SRC_t_script)
FUZZ_SRC_store    := $(UNIT_SRC_t_store)
FUZZ_LIB_store    := -lsqlite3
FUZZ_SRC_twilio   := cmd/rd-ingest/twilio.c cmd/rd-ingest/media.c
FUZZ_SRC_twiml    := cmd/rd-phone/twiml.c
FUZZ_LIB_twiml    := -lxml2
FUZZ_SRC_unheard  := cmd/rd-ingest/unheard.c cmd/rd-ingest/unheard_map.c
FUZZ_LIB_ws       := -lwebsockets -lssl
FUZZ_MAIN         ?= $(B)/o/tests/fuzz/replay.o

define fuzzer
$(B)/fuzz/$(1): $(B)/o/tests/fuzz/f_$(1).o $(FUZZ_MAIN) $$(patsubst %.c,$(B)/o/%.o,$$(FUZZ_SRC_$(1))) $$(LIBA)
	@mkdir -p $$(@D)
	$$(SAY) ld $$@
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LIBS) $$(FUZZ_LIB_$(1))
endef
$(foreach p,$(FUZZERS),$(eval $(call fuzzer,$(p))))

fuzzers: $(FUZZERS:%=$(B)/fuzz/%)

FUZZ := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow \
        -fno-sanitize-recover=all
fuzz:
	@$(MAKE) --no-print-directory PACKAGES='$(BUILD_PACKAGES) $(FUZZ_PACKAGES)' deps
	@$(MAKE) --no-print-directory $(JOBS) B=build/libfuzzer CC=clang-14 CFLAGS='$(FUZZ)' WARN=-Wno-string-plus-int \
		LDFLAGS=-fsanitize=fuzzer FUZZ_MAIN= fuzzers
	@tests/fuzz/run build/libfuzzer '$(or $(SECONDS),30)' $(TARGET)

# --- measured: beside the least that a bridge can cost on this machine
BENCH_H := $(wildcard tests/bench/*.h)
$(B)/bench/%.o: tests/bench/%.c $(BENCH_H)
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -c -o $@ $<
$(B)/bench/bridgebench: $(patsubst %,$(B)/bench/%.o,bridgebench caller model stamp stats text wire)
	$(CC) -o $@ $^ -lcrypto -lm
$(B)/bench/floor: $(patsubst %,$(B)/bench/%.o,floor text wire)
	$(CC) -o $@ $^ -lcrypto -lm
bench: deps
	@$(MAKE) --no-print-directory $(JOBS) all $(B)/bench/bridgebench $(B)/bench/floor
	@tests/bench/run $(B)

# --- seen and heard: a call to the real, running ringdown; and a telephone of your own into it. No key, no network
demo try:
	@$(MAKE) --no-print-directory PACKAGES='$(BUILD_PACKAGES) python3' deps
	@$(MAKE) --no-print-directory $(JOBS) all
	@B=$(B) tests/demo/$@

# --- installed
BIN     := $(DESTDIR)$(PREFIX)/bin
LIBEXEC := $(DESTDIR)$(PREFIX)/libexec/ringdown
MANDIR  := $(DESTDIR)$(PREFIX)/share/man
DATA    := $(DESTDIR)$(PREFIX)/share/ringdown
UNITDIR := $(DESTDIR)$(if $(filter /usr,$(PREFIX)),/lib,$(PREFIX)/lib)/systemd/system
SYSUSERS := $(DESTDIR)$(if $(filter /usr /usr/local,$(PREFIX)),/usr,$(PREFIX))/lib/sysusers.d
install: all
	install -d $(BIN) $(LIBEXEC)/tools $(UNITDIR) $(DESTDIR)$(SYSCONF)/secrets $(DESTDIR)$(SYSCONF)/agents
	install -m 755 $(PROGRAMS:%=$(B)/bin/%) $(BIN)
	install -m 755 $(TOOLS:%=$(B)/tools/%) $(LIBEXEC)/tools
	install -D -m 644 systemd/ringdown.sysusers $(SYSUSERS)/ringdown.conf
	for unit in systemd/*.service systemd/*.socket; do sed 's|@BIN@|$(PREFIX)/bin|; s|@SYSCONF@|$(SYSCONF)|' $$unit >$(UNITDIR)/$${unit##*/} || exit 1; done
	for page in man/*; do install -D -m 644 $$page $(MANDIR)/man$${page##*.}/$${page##*/} || exit 1; done
	install -D -m 644 ringdown.conf.example $(DESTDIR)$(PREFIX)/share/doc/ringdown/ringdown.conf.example
	install -m 644 $(wildcard etc/*.* etc/Caddyfile) $(DESTDIR)$(PREFIX)/share/doc/ringdown
	for file in $$(cd $(B)/data && find */ -type f); do install -D -m 644 $(B)/data/$$file $(DATA)/$$file || exit 1; done
	test -e $(DESTDIR)$(SYSCONF)/ringdown.conf || install -m 640 ringdown.conf.example $(DESTDIR)$(SYSCONF)/ringdown.conf
	chmod 700 $(DESTDIR)$(SYSCONF)/secrets
	@# onto this machine, not into a package: make the user, and let it read the configuration
	test -n '$(DESTDIR)' || ! command -v systemd-sysusers >/dev/null || { systemd-sysusers ringdown.conf && \
		chgrp ringdown $(SYSCONF)/ringdown.conf && systemctl daemon-reload 2>/dev/null || true; }

# a package for machines like this one: build/ringdown_VERSION_ARCHITECTURE.deb
deb:
	@$(MAKE) --no-print-directory PACKAGES='$(BUILD_PACKAGES) dpkg-dev' deps
	@$(MAKE) --no-print-directory $(JOBS) B=build/packed PREFIX=/usr all
	@rm -rf build/root
	@$(MAKE) --no-print-directory -s B=build/packed PREFIX=/usr DESTDIR='$(CURDIR)/build/root' install
	@systemd/deb '$(CURDIR)/build/root' $(VERSION)

clean:
	rm -rf $(B)

-include $(shell test -d $(B)/o && find $(B)/o -name '*.d' 2>/dev/null)

.PHONY: force all units fuzzers fuzz deps check check-long check-asan check-mcp check-systemd lint bench demo try install deb clean
.DELETE_ON_ERROR:
