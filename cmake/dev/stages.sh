# Sourced by ./dev: what each command runs. A stage is timed, its failure is kept, and the next one runs all the same;
# the closing table says how long each took, and the last line counts the tests.

REPORTS=$ROOT/build/reports
TABLE=$ROOT/build/reports/stages.txt
STATUS=0

open_report() { rm -rf "$REPORTS"; mkdir -p "$REPORTS"; : >"$TABLE"; }

# stage TITLE COMMAND...
stage() {
  title=$1; shift
  say "$title"
  begin=$(date +%s)
  # A plain subshell, not a condition: inside a condition the shell would ignore set -e.
  set +e
  ( set -e; "$@" )
  code=$?
  set -e
  seconds=$(($(date +%s) - begin))
  if [ "$code" = 0 ]; then outcome=ok; else outcome=FAILED; STATUS=1; fi
  note_stage
}
note_stage() {
  printf '%-42s %5d.%d min  %s\n' "$title" $((seconds / 60)) $((seconds % 60 / 6)) "$outcome" >>"$TABLE"
}

# The set-up is timed too, but it may end everything: without its packages nothing can follow.
timed_set_up() {
  title="set-up" begin=$(date +%s)
  set_up
  seconds=$(($(date +%s) - begin)) outcome=ok
  note_stage
}

close_report() {
  printf '\n'
  cat "$TABLE"
  printf '\n'
  "$PY" cmake/dev/count_tests.py "$REPORTS" || STATUS=1
  exit "$STATUS"
}

build_everything() {
  set_up
  configure release -DRACKRATE_PYTHON=ON
  say "building the C++ tests and benchmarks"
  compile release all
}

# run_ctest PRESET REPORT [CTEST OPTION...]
run_ctest() {
  preset=$1; report=$2; shift 2
  ctest --test-dir "build/$preset" -j 2 --output-on-failure --no-tests=error --output-junit "$REPORTS/$report.xml" "$@" \
    >"$REPORTS/$report.log" 2>&1 || { tail -n 60 "$REPORTS/$report.log"; return 1; }
  tail -n 4 "$REPORTS/$report.log" | sed -n '/tests passed/p'
}

# libtbb keeps what it allocates to the end; vptr checks cannot see into it.
sanitizer_options() {
  export LSAN_OPTIONS="suppressions=$ROOT/cmake/dev/lsan.supp:print_suppressions=0"
  export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1
  export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
}

sanitize_some() {   # the rooms where memory and arithmetic are hardest to see
  sanitizer_options
  configure asan
  compile asan test_core test_engine test_contracts
  run_ctest asan sanitizers -R '^(core|engine|contracts):'
}
sanitize_all() {
  sanitizer_options
  configure asan
  compile asan all
  run_ctest asan sanitizers
}
sanitize_threads() {   # the sanitizer cannot see through the distribution's TBB: plain threads only
  sanitizer_options
  configure tsan
  compile tsan test_engine
  run_ctest tsan thread_sanitizer -R '^engine:' -E 'TBB|tbb'
}

run_slow_ctest() {
  for program in build/release/tests/test_*; do
    [ -x "$program" ] && [ -f "$program" ] || continue
    "$program" '[.slow]' >"$REPORTS/slow.log" 2>&1 || { tail -n 40 "$REPORTS/slow.log"; return 1; }
  done
}

# run_pytest REPORT ARGUMENT...
run_pytest() {
  report=$1; shift
  "$PY" -m pytest -q --no-header --junitxml="$REPORTS/$report.xml" "$@"
}
# The Python tests but those of notebooks. Without the right to install SLURM its tests are skipped and say so; where it is
# installed they must run.
run_python_tests() {
  if ( need_packages $CLUSTER_PACKAGES ); then export RACKRATE_NEEDS_SLURM=1; fi
  run_pytest pytest -n 2 --dist loadfile --ignore=tests/python/test_notebooks.py "$@"
}
run_notebooks() {
  mkdir -p "$REPORTS"
  run_pytest notebooks -n 2 tests/python/test_notebooks.py
}

# The Python tests on the lowest version of every dependency that pyproject.toml allows, in an environment of their own.
run_floors() {
  mkdir -p "$REPORTS" build/floors
  floors_venv=build/floors/venv
  rm -f build/floors/*.whl
  "$PY" -m pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps \
    --config-settings=build-dir=build/release -w build/floors .
  "$PY" cmake/dev/floors.py >build/floors/constraints.txt
  floors_want=$(digest build/floors/constraints.txt)
  if [ "$(cat "$floors_venv/.floors-digest" 2>/dev/null)" != "$floors_want" ]; then
    rm -rf "$floors_venv"
    "$BASE_PYTHON" -m venv "$floors_venv"
    "$floors_venv/bin/python" -m pip install --quiet --disable-pip-version-check \
      -r build/floors/constraints.txt 'pytest>=8' 'hypothesis>=6.100'
    printf '%s\n' "$floors_want" >"$floors_venv/.floors-digest"
  fi
  "$floors_venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall build/floors/*.whl
  "$floors_venv/bin/python" -m pip check
  # Notebooks, stubs and opponents in bench/ need tools of the developers, not of the package.
  "$floors_venv/bin/python" -m pytest -q --no-header --junitxml="$REPORTS/floors.xml" -m "not slow" \
    --ignore=tests/python/test_notebooks.py --ignore=tests/python/test_stubs.py --ignore=tests/python/test_bench.py
}

run_fuzz() {   # a minute of libFuzzer on the scenario reader: bad text is answered, never a crash
  need_packages $CHECK_PACKAGES
  mkdir -p build/fuzz/corpus
  CXX=clang++ configure fuzz
  compile fuzz fuzz_scenario
  cp -n scenarios/*.toml build/fuzz/corpus/ 2>/dev/null || true
  build/fuzz/tests/fuzz/fuzz_scenario -max_total_time="${RACKRATE_FUZZ_SECONDS:-60}" -max_len=4096 -timeout=20 \
    -artifact_prefix=build/fuzz/ build/fuzz/corpus >"$REPORTS/fuzz.log" 2>&1 || { tail -n 40 "$REPORTS/fuzz.log"; return 1; }
}

# The committed stubs of rackrate._core; tests/python/test_stubs.py compares them with the module.
write_stubs() {
  "$PY" cmake/dev/make_stubs.py >python/rackrate/_core.pyi.new
  mv python/rackrate/_core.pyi.new python/rackrate/_core.pyi
}

# Every C++ and Python file that git knows, and new ones that it does not ignore.
sources() { git ls-files --cached --others --exclude-standard "$@"; }
format_sources() {
  sources '*.hpp' '*.cpp' | xargs "$VENV/bin/clang-format" -i
  "$PY" -m ruff format --quiet .
  "$PY" -m ruff check --quiet --select I --fix .
}
lint_format() {
  sources '*.hpp' '*.cpp' | xargs "$VENV/bin/clang-format" --dry-run --Werror
  "$PY" -m ruff format --check --quiet .
}
lint_python() {
  "$PY" -m ruff check .
  "$PY" -m mypy
}
lint_cpp() {
  configure werror
  compile werror all
}
# Who may include whom in sim/ (sim/rooms.toml).
lint_rooms() { "$PY" cmake/dev/structure.py rooms; }
# Casts, columns and lengths of functions in sim/.
run_structure() {
  need_packages universal-ctags
  "$BASE_PYTHON" cmake/dev/structure.py counts "$@"
}
run_lint() {
  mkdir -p "$REPORTS"
  lint_rooms
  lint_format
  lint_python
  lint_cpp
  "$PY" cmake/dev/check_docs.py
}

run_test() {
  open_report
  timed_set_up
  stage "build (Release)" build_everything
  stage "C++ tests" run_ctest release ctest
  stage "sanitizers: core, engine, contracts" sanitize_some
  stage "Python tests" run_python_tests -m "not slow"
  stage "notebooks" run_notebooks
  close_report
}

run_check() {
  open_report
  timed_set_up
  stage "build (Release)" build_everything
  stage "C++ tests" run_ctest release ctest
  stage "C++ tests, slow" run_slow_ctest
  stage "sanitizers: all rooms" sanitize_all
  stage "thread sanitizer: engine" sanitize_threads
  stage "Python tests, slow ones too" run_python_tests
  stage "notebooks" run_notebooks
  stage "Python tests on the lowest dependencies" run_floors
  stage "fuzzing: scenario reader" run_fuzz
  stage "instructions per event" count_instructions
  stage "lint: rooms of sim/" lint_rooms
  stage "lint: format" lint_format
  stage "lint: ruff, mypy" lint_python
  stage "lint: warnings are errors" lint_cpp
  stage "documentation" "$PY" cmake/dev/check_docs.py
  close_report
}

# run_bench [OPTION OF GOOGLE BENCHMARK...]: parts of the market by google-benchmark; run_bench market: it beside its goals;
# run_bench engine|instructions [OPTION...]: the engine; run_bench sweep: sweeps
run_bench() {
  set_up
  configure release -DRACKRATE_PYTHON=ON
  case "${1:-}" in
    engine) compile release engine_benchmarks; shift; "$PY" bench/engine.py "$@" ;;
    instructions) shift; count_instructions "$@" ;;
    sweep) shift; "$PY" bench/sweep.py "$@" ;;
    market) compile release engine_benchmarks rackrate_bench; shift; "$PY" bench/market.py "$@" ;;
    *) compile release rackrate_bench; build/release/bench/rackrate_bench "$@" ;;
  esac
}
count_instructions() {   # a clock on a shared machine cannot see a loss of 3 %; callgrind can
  need_packages $CHECK_PACKAGES
  compile release engine_benchmarks
  "$PY" bench/instructions.py "$@"
}

run_validation() {
  set_up
  mkdir -p build/validation
  "$VENV/bin/rackrate" run history-2023 -o build/validation/history.h5 --force -n "${RACKRATE_VALIDATION_REPLICATIONS:-40}"
  "$VENV/bin/rackrate" run openai-azure-amended -o build/validation/flagship.h5 --force \
    -n "${RACKRATE_VALIDATION_REPLICATIONS:-40}" --until 2025-10-01
  "$PY" -m rackrate.drawn history-2023 -o build/validation/drawn.h5 --points "${RACKRATE_VALIDATION_DRAWS:-100}"
  "$PY" -m rackrate.analysis.validation build/validation/flagship.h5 build/validation/history.h5 \
    --drawn build/validation/drawn.h5 -o docs/validation.md
}

run_rows() {
  set_up
  "$PY" -m rackrate.rows -o docs/rows.md
}

run_demo() {
  set_up
  mkdir -p build/demo
  say "comparing what was signed with October 2025 going on and with exclusivity alone, over draws of what is not known (about 6 minutes on two cores)"
  "$VENV/bin/rackrate" compare openai-azure-amended october-2025-goes-on openai-azure-exclusive \
    -o build/demo/study.h5 --force --points "${RACKRATE_DEMO_POINTS:-20}" -n "${RACKRATE_DEMO_FUTURES:-2}" \
    --report build/demo/report.html
}
