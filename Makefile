# make play    set up what is missing, build, and begin   (ARGS="--pace slow")
# make test    set up what is missing, and run every test
# make demo    make a session of five minutes as an audio file with captions, in demo/
# make verify  look at form and lints with each set of features, run each benchmark but `day` for a moment, look up the
#              emergency numbers, hold audio files against ffmpeg, routine files against the schema, and the core of a
#              page against the program, look at every socket and file that it opens, lead sessions on pages in a
#              browser, and run each fuzzer for a minute
# make soak    a hundred sessions in one process, 20 beside a sound server that mutes, moves and dies and a quiet one,
#              and an hour on end: nothing may grow, or come late (an hour and a half)
# make page    set up what a page needs, build, and make target/page/upper-back.html   (ARGS="gentle -o gentle.html")
# make deb     make a package for Debian and Ubuntu, with the voice, in target/package
# make tarball make that and an archive with the same files, for other systems
# make picture draw the picture in the README anew, from a real session
# make pictures  draw docs/pictures.png and the covers anew, from the pictures of the movements
# make phonemes  write down anew how each sentence inside the program sounds
# make schema  write down anew what may stand in a routine file, for editors: docs/routine.schema.json
# make faults  run the test of each fault in docs/faults.md (10 minutes)
# make fuzz    make up bytes for whatever reads any, a minute each           (SECONDS=600; FUZZERS="session keys")
# make mutants change the rules of session, plan and journal in a thousand ways, and see that a test fails at each
#              (hours; ARGS="--shard 0/40" for one in forty)
# make deny    look at the licences, versions and sources of all crates, and at known holes in them, where GitHub can be reached
# make machete look for dependencies that nothing uses
# make bench   measure                                    (ARGS go to the benchmarks: see tests/benches)
# make compare measure beside mpv, ffplay, espeak-ng, spd-say, ffmpeg and the voice in Python, and write
#              docs/PERFORMANCE.md (20 minutes; ARGS="3" plays for three minutes and not for ten)
# make setup   only set up what `make play` needs
# make clean-setup   forget the voice and the test tools; no system package is removed
# make help    this list

# Rust that was just installed is not yet on an open shell's PATH.
export PATH := $(PATH):$(HOME)/.cargo/bin
CARGO_TARGET_DIR ?= target
ARGS ?=

# Where `make page` has been run, every program that is built here can make pages.
WITH_PAGE = $(if $(wildcard target/page/softback.wasm),--features page)

# Tests that follow a session in real time, and mostly wait. The first hold it to the very sample, or to
# a moment: few of them at once, and nothing else. The last take minutes each, and wait beside all others.
EXACT := breath:: sound:: hear:: speech_service:: device_loss:: frozen:: floods::ten_thousand
LIVE := captions:: media_keys:: doctor:: unheard:: faults::
LONG := screening_heard:: pick_up:: picture:: floods::ten_megabytes floods::what
# And what `make test` leaves to `make verify` and to `make soak`, for it needs other programs, or takes long.
VERIFIED := recordings::other_programs privacy::
SOAKED := whole_sessions::
HUNDRED := player::tests::soak::
HOUR := hour::
BROWSED := page::tests::browser::

# A program that is built outside of the checkout does not find the voice in it.
play demo page bench compare: export SOFTBACK_VOICE_DIR ?= $(CURDIR)/audio/voices/heart

.PHONY: play test demo verify soak page deb tarball picture pictures phonemes schema faults fuzz mutants deny machete bench compare setup clean-setup help

play: setup
	@cargo build --release --locked $(WITH_PAGE)
	@exec "$(CARGO_TARGET_DIR)/release/softback" $(ARGS)

test:
	@bash .ci/setup test
	cargo test --locked --no-run
	cargo test --locked --lib --bins -- $(patsubst %,--skip %,$(BROWSED) $(HUNDRED))
	cargo test --locked --test it -- --test-threads 8 $(LONG) & long=$$!; \
	cargo test --locked --test it -- $(patsubst %,--skip %,$(EXACT) $(LIVE) $(LONG) $(VERIFIED) $(SOAKED) $(HOUR)) && \
	cargo test --locked --test it -- --test-threads 8 $(LIVE); others=$$?; \
	wait $$long && exit $$others
	cargo test --locked --test it -- --test-threads 3 $(EXACT)

demo: setup
	@cargo build --release --locked $(WITH_PAGE)
	@mkdir -p demo
	@"$(CARGO_TARGET_DIR)/release/softback" export gentle --length 5 --force -o demo/softback.m4b --captions demo/softback.vtt
	@if [ -n "$(WITH_PAGE)" ]; then "$(CARGO_TARGET_DIR)/release/softback" export gentle --length 5 --force -o demo/softback.html; fi
	@echo "They lie in $(CURDIR)/demo: softback.m4b for a phone or a player of audiobooks, softback.vtt with what is said when."

# The program with pages is built with a benchmark, so that what it needs has been built for the others already.
verify:
	@bash .ci/setup verify
	python3 .ci/numbers.py target/numbers/*.whl
	bash .ci/schema
	cargo fmt --check
	for features in default program ""; do \
	  cargo clippy --locked --all-targets --no-default-features --features "$$features" -- -D warnings || exit 1; \
	done
	for features in page media-keys system-voice sound-server; do \
	  cargo clippy --locked --lib --bins --no-default-features --features "$$features" -- -D warnings || exit 1; \
	done
	cargo fmt --check -p softback-page
	cargo clippy --locked -p softback-page -- -D warnings
	SOFTBACK_RECORD="$(CURDIR)/target/page/record" cargo test --locked --lib page::tests::record::
	node tests/page/conform.mjs target/page/softback.wasm target/page/record
	cargo bench --locked --profile dev -- short
	cargo build --locked --features page --bin softback --bench voice
	for page in "upper-back -o target/page/upper-back.html" "rest -o target/page/rest.html" "rest --site target/page/site"; do \
	  "$(CARGO_TARGET_DIR)/debug/softback" export $$page --force || exit 1; \
	done
	bash .ci/fuzz build
	node --test --test-concurrency 2 --test-timeout 900000 tests/page/page.test.mjs tests/page/session.test.mjs & pages=$$!; \
	bash .ci/fuzz 60 $(FUZZERS) & fuzz=$$!; \
	cargo test --locked --test it -- $(VERIFIED); others=$$?; \
	wait $$pages && wait $$fuzz && exit $$others
	node --test --test-timeout 900000 tests/page/sound.test.mjs
	SOFTBACK_PAGE_LOG="$(CURDIR)/target/page/log" cargo test --locked --lib -- $(BROWSED)

PAGE_ARGS = $(or $(ARGS),upper-back --force -o target/page/upper-back.html)

page: setup
	@bash .ci/setup page
	@cargo build --release --locked --features page
	@"$(CARGO_TARGET_DIR)/release/softback" export $(PAGE_ARGS)

soak:
	@bash .ci/setup test
	cargo test --locked --lib -- --nocapture $(HUNDRED)
	cargo test --locked --test it -- --nocapture $(SOAKED)
	cargo test --locked --test it -- --nocapture $(HOUR)

deb tarball:
	@bash .ci/setup package
	@$(TOOL) cargo-deb@3.8.0
	@$(TOOL) --features cli cargo-about@0.9.3
	@bash .ci/package $@

picture:
	@bash .ci/setup test
	SOFTBACK_PICTURE=1 cargo test --locked --test it picture::

pictures:
	@bash .ci/setup play
	rm -rf target/pictures
	SOFTBACK_PICTURES="$(CURDIR)/target/pictures" cargo test --locked --lib picture::tests::sheet::the_pictures
	cargo run --release --manifest-path tests/pictures/Cargo.toml --target-dir "$(CARGO_TARGET_DIR)/draw" -- target/pictures .

phonemes:
	@bash .ci/setup test
	SOFTBACK_PHONEMES=1 cargo test --locked --lib phonemes::

schema:
	@bash .ci/setup test
	SOFTBACK_SCHEMA=1 cargo test --locked --test it docs::the_schema

# Tools of other people: each is built once, which takes minutes, into target/tools.
TOOLS := target/tools
TOOL = cargo install --quiet --locked --root $(TOOLS)

# Each test by its name, as the table has it: those beside their code, and those of the built program, of which some want
# to be few, and by themselves.
FAULTS = $(shell grep -o '`[a-z0-9_:]*::[a-z0-9_:]*`' docs/faults.md | tr -d '`' | sort -u)
OF_THE_PROGRAM = $(patsubst it::%,%,$(filter it::%,$(FAULTS)))

faults:
	@bash .ci/setup test
	cargo test --locked --lib -- --exact $(filter-out it::%,$(FAULTS))
	cargo test --locked --test it -- --exact $(filter-out $(EXACT:%=%%),$(OF_THE_PROGRAM))
	cargo test --locked --test it -- --test-threads 3 --exact $(filter $(EXACT:%=%%),$(OF_THE_PROGRAM))

FUZZERS ?= captions journal keys routine session settings
SECONDS ?= 60

# Where routines are written, there is more to begin with than the seeds.
fuzz:
	@bash .ci/setup play
	@$(TOOL) cargo-fuzz@0.13.2
	@for fuzzer in $(FUZZERS); do \
	  corpus="tests/fuzz/corpus/$$fuzzer tests/fuzz/seeds/$$fuzzer" && mkdir -p $$corpus && \
	  if [ $$fuzzer = routine ]; then corpus="$$corpus scripts/examples tests/fixtures tests/fixtures/schema"; fi && \
	  PATH="$(CURDIR)/$(TOOLS)/bin:$$PATH" RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz \
	    --target-dir "$(abspath $(CARGO_TARGET_DIR))/fuzz" --sanitizer none $$fuzzer $$corpus -- \
	    -max_total_time=$(SECONDS) -timeout=60 -max_len=4096 -print_final_stats=1 || exit 1; \
	done

mutants:
	@bash .ci/setup play
	@$(TOOL) cargo-mutants@27.1.0
	$(TOOLS)/bin/cargo-mutants mutants $(ARGS)

deny:
	@$(TOOL) cargo-deny@0.20.2
	$(TOOLS)/bin/cargo-deny --workspace --locked --log-level error check licenses bans sources
	@if $(TOOLS)/bin/cargo-deny --locked fetch db; then \
	  $(TOOLS)/bin/cargo-deny --workspace --locked check --disable-fetch advisories; \
	else \
	  echo "NOT LOOKED AT: known holes in these crates. See that this machine reaches github.com, and make deny again."; \
	fi

machete:
	@$(TOOL) cargo-machete@0.9.2
	$(TOOLS)/bin/cargo-machete --with-metadata --skip-target-dir

bench:
	@bash .ci/setup bench
	cargo bench --locked -- $(ARGS)

compare:
	@bash .ci/setup compare
	cargo bench --locked --bench compare -- compare $(ARGS)

setup:
	@bash .ci/setup play

clean-setup:
	rm -rf target/lab target/compare target/page tests/page/node_modules audio/voices/heart

help:
	@sed -n '/^# make/s/^# //p' Makefile
